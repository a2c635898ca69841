"""Where in the schema an error of pydantic's lies: its path as the user wrote it, without the tags of unions."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag


@dataclass(frozen=True)
class Place:
    """A dotted path and the keys that are known beside its last one."""

    path: str
    siblings: tuple[str, ...]


def locate(model: type[BaseModel], location: Sequence[int | str]) -> Place:
    """Follow a location of pydantic's through the schema.

    What is no key of the file is left out: the tag of a union's member (``spread`` in ``objective.spread.alpha``), and
    the type names that pydantic adds for members of a plain union (``literal['auto']``).
    """
    here: Any = model
    path = ""
    siblings: tuple[str, ...] = ()
    for key in location:
        here = _bare(here)
        members = _tagged(here)
        if key == "[key]":  # what pydantic adds where a mapping's key is wrong, not its value
            break
        if key in members:
            here = members[str(key)]
        elif isinstance(here, type) and issubclass(here, BaseModel):
            siblings = tuple(here.model_fields)
            path = f"{path}.{key}" if path else str(key)
            here = here.model_fields[str(key)].annotation if key in here.model_fields else Any
        elif get_origin(here) is dict:
            siblings = ()
            path = f"{path}.{key}"
            here = get_args(here)[1]
        elif get_origin(here) in (tuple, list) and isinstance(key, int):
            path = f"{path}[{key}]"
            here = get_args(here)[0]
        else:
            break
    return Place(path, siblings)


def _bare(annotation: Any) -> Any:
    """Without ``Annotated`` and ``| None``."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        members = [member for member in get_args(annotation) if member is not NoneType]
        return _bare(members[0]) if len(members) == 1 and len(members) < len(get_args(annotation)) else annotation
    return annotation


def _tagged(annotation: Any) -> dict[str, Any]:
    """The members of a tagged union by tag; empty for anything else."""
    if get_origin(annotation) is not Union:
        return {}
    return {
        mark.tag: member
        for member in get_args(annotation)
        if get_origin(member) is Annotated
        for mark in get_args(member)[1:]
        if isinstance(mark, Tag)
    }
