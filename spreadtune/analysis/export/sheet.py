"""A table for a paper: every cell is text already, rounded and with its half-width."""

from collections.abc import Sequence
from dataclasses import dataclass

from spreadtune.analysis.columns import Column


@dataclass(frozen=True)
class Sheet:
    """A table in words, which a writer (LaTeX, Markdown) sets.

    Attributes:
        name: of its file, without the ending.
        caption: what it shows, with how many repetitions and which interval.
        headings: one a column.
        rows: as many cells as there are headings.
        numeric: which columns are numbers, to be aligned at the right.
        long: whether it may be longer than a page.
    """

    name: str
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    long: bool = False


def sheet(name: str, caption: str, columns: Sequence[Column], *, long: bool = False) -> Sheet:
    """The sheet of these columns, numbers as the report shows them."""
    cells = [[cell.text for cell in column] for column in columns]
    return Sheet(
        name=name,
        caption=caption,
        headings=tuple(column.heading for column in columns),
        rows=tuple(zip(*cells, strict=True)),
        numeric=tuple(column.at_right for column in columns),
        long=long,
    )
