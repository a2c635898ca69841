"""Columns of a table as a reader sees them: in the report, in a comparison, on the console and in exports."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from spreadtune.analysis.statistics import Interval
from spreadtune.analysis.words import in_words, measured, number, signed


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: what is read.
        value: the unrounded number, by which a table is sorted; None where the cell is no number.
    """

    text: str
    value: float | None


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        heading: over it.
        values: numbers or text.
        decimals: of numbers; three significant digits where it is None.
        numeric: whether text stands as numbers do, at the right.
    """

    heading: str
    values: pd.Series
    decimals: int | None = None
    numeric: bool = False

    def __iter__(self) -> Iterator[Cell]:
        """The cells, from top to bottom."""
        return (Cell(self._shown(value), float(value) if _is_number(value) else None) for value in self.values)

    @property
    def at_right(self) -> bool:
        """Whether it is aligned at the right, as numbers are."""
        return self.numeric or pd.api.types.is_numeric_dtype(self.values)

    def _shown(self, value: Any) -> str:
        rounded = _is_number(value) and self.decimals is not None
        return f"{value:.{self.decimals}f}" if rounded else number(value)


def with_half_widths(heading: str, means: pd.Series, half_widths: pd.Series) -> Column:
    """A column of ``mean +- half-width``; the mean alone where there is no interval, a dash where there is no mean."""
    cells = [
        measured(float(mean), float(width)) if pd.notna(mean) else None
        for mean, width in zip(means, half_widths, strict=True)
    ]
    return Column(heading, pd.Series(cells, dtype=object), numeric=True)


def filled_columns(rows: Sequence[Mapping[str, object]]) -> list[Column]:
    """A column of each key under which any of the rows has a value."""
    table = pd.DataFrame(rows)
    return [Column(str(name), table[name]) for name in table if table[name].notna().any()]


def mean_text(found: Interval) -> str:
    """A cell of a mean: ``0.991 ± 0.008``."""
    return measured(found.mean, found.half_width).replace("+-", "±")


def difference_text(found: Interval) -> str:
    """A cell of a difference: ``+0.049 ± 0.004``."""
    return signed(found.mean, found.half_width).replace("+-", "±")


def number_columns(numbers: pd.DataFrame) -> list[Column]:
    """A table of numbers, its names in words; what was measured gets three decimals."""
    return [_number_column(str(name), numbers[name]) for name in numbers]


def _number_column(name: str, values: pd.Series) -> Column:
    parameter = name in ("x", "alpha") or name.startswith("param.")
    measured = pd.api.types.is_float_dtype(values) and not parameter
    heading = name.removeprefix("metric.").removeprefix("param.").replace(".half_width", " ±")
    return Column(in_words(heading), values, 3 if measured else None)


def _is_number(value: Any) -> bool:
    return not isinstance(value, str | bool) and pd.notna(value) and pd.api.types.is_number(value)
