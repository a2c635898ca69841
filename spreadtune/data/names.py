"""Names of folders and classes, which may be written in two ways that look the same.

An accented letter is one character (NFC), or a letter and a mark behind it (NFD), as archives made on a Mac have it.
"""

import unicodedata
from collections.abc import Iterable
from pathlib import Path


def composed(name: str) -> str:
    """The name in the first way (NFC), in which names are compared and shown."""
    return unicodedata.normalize("NFC", name)


def existing_folder(path: Path) -> Path | None:
    """The folder at ``path``, or the one whose path is written in the other way; None where there is none."""
    if path.is_dir():
        return path
    parent = existing_folder(path.parent) if path.parent != path else None
    if parent is None:
        return None
    try:
        alike = [child for child in parent.iterdir() if composed(child.name) == composed(path.name) and child.is_dir()]
    except OSError:
        return None
    return alike[0] if len(alike) == 1 else None


def ordered(names: Iterable[str]) -> list[str]:
    """Names of classes by their size where all are numbers, else by the alphabet; each once."""
    different = set(names)
    numbers = all(name.isascii() and name.isdecimal() for name in different)
    return sorted(different, key=int) if numbers else sorted(different)
