"""The examples in the docstrings of losses and objectives run and print what they say."""

import doctest
import importlib
import inspect
import pkgutil

import pytest
import torch

import spreadtune.objectives
from spreadtune.objectives import Objective

MODULES = [f"spreadtune.objectives.{found.name}" for found in pkgutil.iter_modules(spreadtune.objectives.__path__)]


def is_shown(thing: object) -> bool:
    """Whether it is what a reader looks for an example of: a loss, an objective, or what ``objectives`` exports."""
    name = getattr(thing, "__name__", "")
    objective = isinstance(thing, type) and issubclass(thing, Objective)
    return objective or name.endswith(("_loss", "_error")) or name in spreadtune.objectives.__all__


SHOWN = {
    f"{module}.{name}": thing
    for module in MODULES
    for name, thing in vars(importlib.import_module(module)).items()
    if (inspect.isfunction(thing) or inspect.isclass(thing)) and thing.__module__ == module and is_shown(thing)
}


@pytest.mark.parametrize("name", SHOWN)
def test_it_has_an_example(name):
    assert ">>> " in (inspect.getdoc(SHOWN[name]) or "")


def test_all_losses_and_objectives_are_meant():
    names = {name.rpartition(".")[2] for name in SHOWN}
    assert {"supcon_loss", "infonce_loss", "JointObjective", "CrossEntropyObjective", "reconstruction_error"} <= names
    assert set(spreadtune.objectives.__all__) <= names


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_hold(module):
    torch.manual_seed(0)
    failed, _ = doctest.testmod(importlib.import_module(module))
    assert not failed, "see what doctest printed"
