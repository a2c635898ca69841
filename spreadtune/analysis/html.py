"""Pieces of HTML. Every text is escaped here, once."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from spreadtune.analysis.words import measured, number


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


def shown(column: Column, index: int) -> str:
    """A cell as it is read, unescaped."""
    value = column.values.iloc[index]
    if _is_number(value) and column.decimals is not None:
        return f"{value:.{column.decimals}f}"
    return number(value)


def with_half_widths(heading: str, means: pd.Series, half_widths: pd.Series) -> Column:
    """A column of ``mean +- half-width``; the mean alone where there is no interval, a dash where there is no mean."""
    cells = [
        measured(float(mean), float(width)) if pd.notna(mean) else None
        for mean, width in zip(means, half_widths, strict=True)
    ]
    return Column(heading, pd.Series(cells, dtype=object), numeric=True)


def typeset(text: str) -> str:
    """A sentence for the page: escaped, and with a proper sign where plain text has ``+-``."""
    return escape(text).replace("+-", "±")


def table(columns: Sequence[Column], *, sortable: bool = False, state: str | None = None) -> str:
    """A table; sorting uses the unrounded ``data-value``; cells of the column headed ``state`` carry it as class."""
    head = "".join(_heading(column, sortable) for column in columns)
    body = "\n".join(
        "<tr>" + "".join(_cell(column, index, state) for column in columns) + "</tr>"
        for index in range(len(columns[0].values))
    )
    kind = ' class="sortable"' if sortable else ""
    return f'<div class="wide"><table{kind}><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>'


def _is_number(value: Any) -> bool:
    return not isinstance(value, str | bool) and pd.notna(value) and pd.api.types.is_number(value)


def _heading(column: Column, sortable: bool) -> str:
    kind = ' class="number"' if _stands_right(column) else ""
    text = escape(column.heading)
    return f"<th{kind} scope='col'>" + (f"<button type='button'>{text}</button>" if sortable else text) + "</th>"


def _cell(column: Column, index: int, state: str | None) -> str:
    value, text = column.values.iloc[index], escape(shown(column, index))
    if _is_number(value):
        return f'<td class="number" data-value="{float(value)!r}">{text}</td>'
    if column.heading == state:
        return f'<td><span class="state {text.lower()}">{text}</span></td>'
    return f'<td class="number">{text.replace("+-", "±")}</td>' if _stands_right(column) else f"<td>{text}</td>"


def _stands_right(column: Column) -> bool:
    return column.numeric or pd.api.types.is_numeric_dtype(column.values)


def definitions(mapping: Mapping[str, Any]) -> str:
    """A nested mapping as a list of dotted names and values."""
    rows = "".join(f"<dt>{escape(key)}</dt><dd>{escape(value)}</dd>" for key, value in _flat(mapping, ""))
    return f"<dl>{rows}</dl>"


def _flat(mapping: Mapping[str, Any], prefix: str) -> Iterable[tuple[str, str]]:
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
