"""The superclass of each of Tiny ImageNet's classes: the paper's table, or a file of the user's own."""

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from spreadtune.data.hierarchy import Hierarchy
from spreadtune.data.listed import listed
from spreadtune.data.names import ordered
from spreadtune.errors import UserError

PAPERS_TABLE = Path(__file__).with_name("tiny_imagenet_superclasses.csv")
"""All 200 classes with their names and superclasses (ids up to 66, 52 in use), as published with the reference code of
Chen et al. 2022."""

WNID, SUPERCLASS = "wnid", "superclass"


def superclasses(file: Path | None, wnids: Sequence[str]) -> dict[str, str]:
    """The superclass of some WordNet ids.

    Args:
        file: a CSV file whose header has ``wnid`` and ``superclass``; None: the paper's, of which lines for other
            classes are passed over.
        wnids: the classes of the data set.

    Raises:
        UserError: the file cannot be read, or a class has no line, two lines, or is none of the data set's.
    """
    found = {row[WNID]: row[SUPERCLASS] for row in _read(file or PAPERS_TABLE)}
    missing = [wnid for wnid in wnids if wnid not in found]
    if missing:
        raise UserError(f"{file or PAPERS_TABLE}: no superclass for {listed(missing)}; add a line for each")
    unknown = [wnid for wnid in found if wnid not in set(wnids)]
    if unknown and file is not None:
        raise UserError(f"{file}: the data set has no class {listed(unknown)}; correct or remove these lines")
    return {wnid: found[wnid] for wnid in wnids}


def hierarchy_of(superclass_of: Mapping[str, str]) -> Hierarchy:
    """Classes in the order of their numbers where all are numbers, else of the alphabet; subclasses as they are given.

    A subclass is called by its first name in the paper's table, or by its id where it is not there.
    """
    names = ordered(superclass_of.values())
    position = {name: number for number, name in enumerate(names)}
    above = np.array([position[name] for name in superclass_of.values()], dtype=np.int64)
    return Hierarchy(names, [_first_names().get(wnid, wnid) for wnid in superclass_of], above)


@cache
def _first_names() -> dict[str, str]:
    return {row[WNID]: row["name"].partition(",")[0] for row in _read(PAPERS_TABLE)}


def _read(file: Path) -> list[dict[str, str]]:
    """The lines by the names in the header, each with an id and a superclass."""
    try:
        text = file.read_text(encoding="utf-8-sig")  # spreadsheets put a mark before the first word
        lines = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines())]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{file}: cannot be read as CSV in UTF-8: {error}") from error
    header = lines[0] if lines else []
    if not {WNID, SUPERCLASS} <= set(header):
        raise UserError(f"{file}: line 1 is {','.join(header)!r}; it has to have the columns {WNID} and {SUPERCLASS}")
    rows: dict[str, dict[str, str]] = {}
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cells):
            continue
        row = dict(zip(header, cells, strict=False))
        if len(cells) != len(header) or not row[WNID] or not row[SUPERCLASS]:
            raise UserError(f"{file}: line {number}: {','.join(cells)!r} is not {','.join(header)}")
        if row[WNID] in rows:
            raise UserError(f"{file}: line {number}: {row[WNID]} has a line before; remove one of them")
        rows[row[WNID]] = row
    return list(rows.values())
