import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import torch

# Two cores are shared by everything that runs beside the tests, and one thread gives the same sums every time.
torch.set_num_threads(1)


@pytest.fixture
def own_part(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Any]], str]:
    """Makes a function importable and returns the name that a study file would give it."""

    def register(function: Callable[..., Any]) -> str:
        module = ModuleType("own_part_of_a_test")
        module.part = function
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return f"{module.__name__}:part"

    return register
