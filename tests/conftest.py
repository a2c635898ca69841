import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from hypothesis import settings

from tests.workplace import Workplace

# How long an example takes says more of what else the machine does than of what is tested.
settings.register_profile("spreadtune", deadline=None)
settings.load_profile("spreadtune")

# Two cores are shared by everything that runs beside the tests, and one thread gives the same sums every time.
torch.set_num_threads(1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """The fast tests keep two cores busy; the slow ones start clusters, which would be in each other's way."""
    watched = config.option.capture == "no" or config.option.usepdb
    return 2 if config.option.markexpr == "not slow" and not watched else 0


@pytest.fixture(scope="session", autouse=True)
def decoded_images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The cache of decoded images, one for all tests and for the processes they start: nobody's home is written to."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("decoded")
        patch.setenv("SPREADTUNE_CACHE", str(folder))
        yield folder


@pytest.fixture
def own_part(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Any]], str]:
    """Makes a function importable and returns the name that a study file would give it."""

    def register(function: Callable[..., Any]) -> str:
        module = ModuleType("own_part_of_a_test")
        module.part = function
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return f"{module.__name__}:part"

    return register


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    """A folder of its own in which studies are written and run."""
    return Workplace(tmp_path)
