"""A comparison as one HTML page that needs nothing else, neither files nor network; it looks like a run's report."""

import shlex
from typing import TYPE_CHECKING

from spreadtune.analysis.compare.figures import all_figures
from spreadtune.analysis.compare.tables import best_columns, difference_columns, pair_columns, run_columns
from spreadtune.analysis.compare.words import answer
from spreadtune.analysis.page import page

if TYPE_CHECKING:
    from spreadtune.analysis.compare.comparison import Comparison


def render(comparison: "Comparison") -> str:
    """The page."""
    sides, pairs = comparison.sides, comparison.pairs
    names = " and ".join(dict.fromkeys(side.tables.run.name for side in sides))
    return page(
        "compare.html",
        title=f"{names} compared",
        names=names,
        runs=run_columns(sides),
        command=shlex.join(["spreadtune", "compare", *(side.tables.run.label for side in sides)]),
        answer=answer(sides, comparison.differences, pairs),
        best=best_columns(sides, comparison.settings),
        differences=[] if comparison.differences.empty else difference_columns(comparison.differences),
        figures=all_figures(sides, comparison.settings, comparison.differences),
        pairs=[] if pairs.empty else pair_columns(pairs, sides[0].frame.metric),
    )
