import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture
def own_part(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Any]], str]:
    """Makes a function importable and returns the name that a study file would give it."""

    def register(function: Callable[..., Any]) -> str:
        module = ModuleType("own_parts")
        module.part = function
        monkeypatch.setitem(sys.modules, "own_parts", module)
        return "own_parts:part"

    return register
