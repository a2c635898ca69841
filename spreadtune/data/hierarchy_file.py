"""``hierarchy.csv``: the class of every subclass."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from spreadtune.data.hierarchy import Hierarchy
from spreadtune.data.names import composed
from spreadtune.errors import UserError

FILE_NAME = "hierarchy.csv"
HEADER = ["subclass", "class"]


def read_hierarchy(file: Path, subclass_names: Sequence[str]) -> Hierarchy:
    """The hierarchy above some subclasses, its classes in alphabetical order. Without a file class = subclass.

    Args:
        file: the CSV file; its names are composed (NFC).
        subclass_names: composed.

    Raises:
        UserError: another header, a line of other than two names, a subclass without a class, with two, or unknown.
    """
    if not file.exists():
        return Hierarchy(subclass_names, subclass_names, np.arange(len(subclass_names), dtype=np.int64))
    class_of = _read(file)
    unknown = sorted(class_of.keys() - set(subclass_names))
    missing = [name for name in subclass_names if name not in class_of]
    if unknown:
        raise UserError(f"{file}: there is no folder for {unknown[0]!r} in train; correct or remove the line")
    if missing:
        raise UserError(f"{file}: no class for {', '.join(missing[:5])}; add a line SUBCLASS,CLASS for each")
    names = sorted(set(class_of.values()))
    class_of_subclass = np.array([names.index(class_of[name]) for name in subclass_names], dtype=np.int64)
    return Hierarchy(names, subclass_names, class_of_subclass)


def _read(file: Path) -> dict[str, str]:
    try:
        text = file.read_text(encoding="utf-8-sig")  # spreadsheets put a mark before the first word
        rows = [[composed(cell.strip()) for cell in row] for row in csv.reader(text.splitlines())]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{file}: cannot be read as CSV in UTF-8: {error}") from error
    if not rows or rows[0] != HEADER:
        raise UserError(f"{file}: line 1 is {','.join(rows[0]) if rows else 'missing'!r}; it has to be subclass,class")
    class_of: dict[str, str] = {}
    for line, row in enumerate(rows[1:], start=2):
        if not any(row):
            continue
        if len(row) != 2 or not all(row):
            raise UserError(f"{file}: line {line}: {','.join(row)!r} is not SUBCLASS,CLASS")
        subclass, name = row
        if class_of.setdefault(subclass, name) != name:
            raise UserError(f"{file}: line {line}: {subclass!r} has two classes, {class_of[subclass]!r} and {name!r}")
    return class_of
