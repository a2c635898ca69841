"""A comparison as one HTML page that needs nothing else, neither files nor network; it looks like a run's report."""

import shlex
from collections.abc import Sequence

import pandas as pd

from spreadtune.analysis.compare.compared_run import ComparedRun
from spreadtune.analysis.compare.figures import all_figures
from spreadtune.analysis.compare.tables import best_columns, difference_columns, pair_columns, run_columns
from spreadtune.analysis.compare.words import answer
from spreadtune.analysis.page import page


def render(sides: Sequence[ComparedRun], settings: pd.DataFrame, differences: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """The page.

    Args:
        sides: the runs.
        settings: all settings, as :func:`~spreadtune.analysis.compare.settings.setting_means` has them.
        differences: what differs, see :func:`~spreadtune.analysis.compare.differences.differences`.
        pairs: equal settings, see :func:`~spreadtune.analysis.compare.pairs.pairs`.
    """
    names = " and ".join(dict.fromkeys(side.tables.run.name for side in sides))
    return page(
        "compare.html",
        title=f"{names} compared",
        names=names,
        runs=run_columns(sides),
        command=shlex.join(["spreadtune", "compare", *(side.tables.run.label for side in sides)]),
        answer=answer(sides, differences, pairs),
        best=best_columns(sides, settings),
        differences=[] if differences.empty else difference_columns(differences),
        figures=all_figures(sides, settings, differences),
        pairs=[] if pairs.empty else pair_columns(pairs, sides[0].frame.metric),
    )
