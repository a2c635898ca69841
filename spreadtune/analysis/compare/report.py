"""A comparison as one HTML page that needs nothing else, neither files nor network; it looks like a run's report."""

import shlex
from html import escape
from string import Template
from typing import TYPE_CHECKING

import pandas as pd
from plotly.offline import get_plotlyjs

from spreadtune.analysis.compare.figures import all_figures
from spreadtune.analysis.compare.tables import best_columns, difference_columns, pair_columns, run_columns
from spreadtune.analysis.compare.words import answer
from spreadtune.analysis.html import table, typeset
from spreadtune.analysis.page import asset, figure_section

if TYPE_CHECKING:
    from spreadtune.analysis.compare.comparison import Comparison


def render(comparison: "Comparison") -> str:
    """The page."""
    sides, pairs = comparison.sides, comparison.pairs
    lead, *rest = answer(sides, comparison.differences, pairs)
    figures = all_figures(sides, comparison.settings, comparison.differences)
    names = list(dict.fromkeys(side.tables.run.name for side in sides))
    return Template(asset("compare.html")).substitute(
        title=escape(f"{' and '.join(names)} compared"),
        name=escape(" and ".join(names)),
        command=escape(shlex.join(["spreadtune", "compare", *(side.tables.run.label for side in sides)])),
        style=asset("report.css"),
        plotly=get_plotlyjs(),
        script=asset("report.js"),
        runs=table(run_columns(sides)),
        lead=typeset(lead),
        answer="".join(f"<li>{typeset(line)}</li>" for line in rest),
        best=table(best_columns(sides, comparison.settings)),
        differences=_differences(comparison.differences),
        pairs=_pairs(pairs, sides[0].frame.metric),
        figures="\n".join(figure_section(figure, place) for place, figure in enumerate(figures, 1)),
    )


def _differences(differing: pd.DataFrame) -> str:
    if differing.empty:
        return "<p>Nothing: the study files are the same, and so are versions, devices and data.</p>"
    return table(difference_columns(differing))


def _pairs(pairs: pd.DataFrame, metric: str) -> str:
    if pairs.empty:
        return "<p>No settings are equal in all that varies inside the runs.</p>"
    return table(pair_columns(pairs, metric), sortable=True)
