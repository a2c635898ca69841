"""Dotted paths into a study file: ``objective.alpha`` is the key ``alpha`` of the section ``objective``.

Some keys of a study file are dotted paths themselves (``search.space``, a variant's ``set`` and ``space``, ``when``, a
profile), so the longest existing key matches: in ``search.space.objective.alpha.grid`` the key below ``space`` is
``objective.alpha``.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

from spreadtune.errors import UserError

PARTS = frozenset(
    {
        "data.dataset",
        "data.augmentation",
        "model.encoder",
        "model.decoder",
        "model.corruption",
        "objective",
        "evaluation.transfer_to",
        "search.early_stopping",
    }
)
"""Where a part stands: written by name, or as a mapping with ``name``."""


_SAME = (("training.warmup", "training.warmup_epochs"),)
"""Two ways to say one thing, of which a study has one: the later layer's takes the place of the earlier one's."""


def other_way(path: str) -> str | None:
    """The path that says the same as this one in another way, wherever in the file it stands."""
    for one, other in (*_SAME, *(pair[::-1] for pair in _SAME)):
        if path == one or path.endswith(f".{one}"):
            return path.removesuffix(one) + other
    return None


_OVERRIDES = re.compile(r"(?:search\.variants\..+?\.set\.)?(?:members\..+?\.set\.)?")
"""Below these stand paths of the file once more: what a variant or a member has otherwise."""


def is_part(path: str) -> bool:
    """Whether a part stands at a path, in the file itself or in what a variant or a member sets."""
    return path[_OVERRIDES.match(path).end() :] in PARTS  # type: ignore[union-attr]  # it matches nothing, too


def canonical(path: str) -> str:
    """``objective.name`` says the same as ``objective``: which part it is."""
    return path.removesuffix(".name") if path.endswith(".name") and is_part(path.removesuffix(".name")) else path


DottedPath = Annotated[str, AfterValidator(canonical)]


def overlap(path: str, other: str) -> bool:
    """Is one the other, or does it lie inside it?"""
    return path == other or path.startswith(f"{other}.") or other.startswith(f"{path}.")


def lookup(tree: Mapping[str, Any], path: str) -> Any:
    """The value at a path of plain nested sections; KeyError when there is none."""
    here: Any = tree
    for key in path.split("."):
        if not isinstance(here, Mapping):
            raise KeyError(path)
        here = here[key]
    return here


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every (dotted path, value) below; an empty mapping is a leaf."""
    if isinstance(value, Mapping) and value:
        for key, child in value.items():
            yield from leaves(child, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


def fill(tree: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of ``tree`` with ``values`` at their dotted paths.

    Shallow paths go first, so it does not matter in which order a whole section and a value inside it are given.
    Naming a part that is already there keeps its values; naming another starts from that one's defaults. Of two ways to
    say one thing (:func:`other_way`) the one that is put in takes the other's place.
    """
    filled = copy.deepcopy(dict(tree))
    for path in sorted(map(str, values), key=lambda path: canonical(path).count(".")):
        if (other := other_way(canonical(path))) and other not in values:
            _remove(filled, other)
        _put(filled, canonical(path), copy.deepcopy(values[path]), ())
    return filled


def _remove(tree: Any, path: str) -> None:
    """Take out the value at a path, by the longest existing keys, where there is one."""
    if not isinstance(tree, dict):
        return
    keys = path.split(".")
    for size in range(len(keys), 0, -1):
        key = ".".join(keys[:size])
        if key in tree:
            if size == len(keys):
                del tree[key]
            else:
                _remove(tree[key], ".".join(keys[size:]))
            return


def _put(tree: dict[str, Any], path: str, value: Any, above: tuple[str, ...]) -> None:
    key = _first_key(tree, path, above)
    rest = path[len(key) + 1 :]
    here = (*above, key)
    if not rest:
        tree[key] = _same_part(tree.get(key), value) if is_part(".".join(here)) else value
        return
    below = tree.get(key)
    if isinstance(below, str) and is_part(".".join(here)):
        below = {"name": below}
    if below is None:
        below = {}
    if not isinstance(below, dict):
        raise UserError(f"{'.'.join(here)}: is {below!r}, so {'.'.join(here)}.{rest} cannot be set")
    tree[key] = below
    _put(below, rest, value, here)


def _first_key(tree: Mapping[str, Any], path: str, above: tuple[str, ...]) -> str:
    keys = path.split(".")
    prefixes = [".".join(keys[:size]) for size in range(len(keys), 0, -1)]
    new = path if _keys_are_paths(above) else keys[0]
    return next((prefix for prefix in prefixes if prefix in tree), new)


def _keys_are_paths(above: tuple[str, ...]) -> bool:
    match above:
        case ("search", "space") | ("search", "variants", _, "set" | "space") | ("profiles", _) | (*_, "when"):
            return True
        case (*_, "members", _, "set"):
            return True
    return False


def _same_part(current: Any, value: Any) -> Any:
    return current if isinstance(current, dict) and current.get("name") == value else value
