"""Errors that a validator finds, with the place they belong to, and names that become file names."""

import difflib
import re
from collections.abc import Iterable

from pydantic_core import PydanticCustomError

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def error_at(path: str, text: str, *, given: str = "", known: Iterable[str] = ()) -> PydanticCustomError:
    """An error for a validator to raise; ``path`` is relative to what is validated.

    With ``known`` the text goes on with the nearest name to ``given``, or with all of them.
    """
    text += hint(given, known)
    return PydanticCustomError("placed", "{text}", {"path": path, "text": text})


def hint(given: object, known: Iterable[str], prefix: str = "") -> str:
    """``, did you mean NAME?`` or, where none is near, ``; known: NAMES``."""
    names = list(known)
    if nearest := difflib.get_close_matches(str(given), names, 1):
        return f", did you mean {prefix}{nearest[0]}?"
    return f"; known: {', '.join(names)}" if names else ""


def file_name(name: str) -> str:
    """A name that is safe in file names, in Optuna study names and on a command line; ValueError when it is not."""
    if not _FILE_NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} cannot be a name: use letters, digits, '.', '_' and '-', starting with a letter or digit"
        )
    return name
