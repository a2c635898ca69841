"""No section takes for a number or a flag what is none."""

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Annotated, Any, get_args, get_origin

import pytest
from pydantic import Strict

import spreadtune.spec
from spreadtune.spec.config import Config

CONFIGS = sorted(
    {
        found
        for module in pkgutil.iter_modules(spreadtune.spec.__path__, "spreadtune.spec.")
        for _, found in inspect.getmembers(import_module(module.name), inspect.isclass)
        if issubclass(found, Config) and found.__module__ == module.name
    },
    key=lambda config: config.__qualname__,
)


def lax(annotation: Any, metadata: tuple[Any, ...] = ()) -> Iterator[Any]:
    """The numbers and flags in an annotation that would be read out of text, and out of each other."""
    if annotation in (int, float, bool) and not any(isinstance(each, Strict) for each in metadata):
        yield annotation
    parts = get_args(annotation)
    if get_origin(annotation) is Annotated:
        yield from lax(parts[0], parts[1:])
    elif str not in parts:  # in a union with text a value stays what it is
        for part in parts:
            yield from lax(part)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.__name__)
def test_every_number_and_flag_is_strict(config: type[Config]) -> None:
    found = {name: list(lax(field.annotation, tuple(field.metadata))) for name, field in config.model_fields.items()}
    assert {name: kinds for name, kinds in found.items() if kinds} == {}


def test_there_are_sections_to_look_at() -> None:
    assert len(CONFIGS) > 20
