"""Parts of an HTML page that the report and a comparison share."""

from html import escape
from importlib import resources

import pandas as pd

from spreadtune.analysis.figures.figure import ReportFigure
from spreadtune.analysis.html import Column, table, typeset
from spreadtune.analysis.words import in_words

_PLOT_CONFIG = {"responsive": True, "displaylogo": False, "displayModeBar": False}


def asset(name: str) -> str:
    """A file of the package's that goes into a page."""
    return (resources.files("spreadtune.analysis") / name).read_text(encoding="utf-8")


def figure_section(figure: ReportFigure, index: int) -> str:
    """A drawing with its caption, and its numbers to unfold; ``index`` counts from 1."""
    drawing = figure.plot.to_html(
        full_html=False, include_plotlyjs=False, div_id=f"plot-{figure.name}", config=_PLOT_CONFIG
    )
    numbers = figure.numbers.drop(columns=["scheme", "group", "line"], errors="ignore").reset_index(drop=True)
    columns = [number_column(str(name), numbers[name]) for name in numbers]
    return (
        f'<figure id="{figure.name}">{drawing}<figcaption><b>Figure {index}. {escape(figure.title)}.</b> '
        f"{typeset(figure.caption)}</figcaption>"
        f"<details><summary>Numbers of figure {index}</summary>{table(columns)}</details></figure>"
    )


def number_column(name: str, values: pd.Series) -> Column:
    """A column of a figure's numbers; what was measured gets three decimals."""
    parameter = name in ("x", "alpha") or name.startswith("param.")
    measured = pd.api.types.is_float_dtype(values) and not parameter
    heading = name.removeprefix("metric.").removeprefix("param.").replace(".half_width", " ±")
    return Column(in_words(heading), values, 3 if measured else None)
