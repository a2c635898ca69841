"""How a run came about, as the report tells it: its manifest made readable, and what the command line changed."""

import math
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

_DIGITS = 12  # of a hash: enough to tell runs apart, short enough to compare by eye


def lines(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The manifest made readable, as dotted names and texts."""
    return list(_flat(readable(manifest)))


def readable(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest with the command as a shell line, short hashes, and versions and attempts a line each."""
    shown = dict(manifest)
    for name, write in _WRITERS.items():
        if shown.get(name):
            shown[name] = write(shown[name])
    return shown


def changes(command: Iterable[str]) -> str:
    """The ``--profile`` and ``--set`` of a command as one shell line; empty where it has none."""
    words, found = iter(command), []
    for word in words:
        name, given, _ = word.partition("=")
        if name in ("--profile", "--set"):
            found += [word] if given else [word, next(words, "")]
    return shlex.join(found)


def _flat(mapping: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in mapping.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
            yield from _flat({str(index + 1): item for index, item in enumerate(value)}, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", _text(value)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _git(state: Mapping[str, Any]) -> str:
    return f"{state['commit'][:_DIGITS]}{' with uncommitted changes' if state['dirty'] else ''}"


def _attempt(attempt: Mapping[str, Any]) -> str:
    return f"{attempt['start']} to {attempt['end'] or 'now'}: {attempt['reason'] or 'running'}"


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "command": shlex.join,
    "hash": lambda digits: digits[:_DIGITS],
    "git": _git,
    "versions": lambda versions: ", ".join(f"{name} {version}" for name, version in versions.items()),
    "attempts": lambda attempts: {str(index + 1): _attempt(attempt) for index, attempt in enumerate(attempts)},
    "data": lambda prints: {name: digits[:_DIGITS] for name, digits in prints.items()},
    "transfer_to": lambda prints: {name: digits[:_DIGITS] for name, digits in prints.items()},
}
