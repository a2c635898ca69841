"""The figures of a comparison; each is two steps: numbers, then a drawing."""

from collections.abc import Sequence

import pandas as pd

from spreadtune.analysis.compare.compared_run import ComparedRun
from spreadtune.analysis.compare.figures.epochs import epochs
from spreadtune.analysis.compare.figures.parameters import over_parameters
from spreadtune.analysis.compare.figures.tradeoff import tradeoff
from spreadtune.analysis.compare.words import names
from spreadtune.analysis.figures.figure import ReportFigure
from spreadtune.spec.metrics import drawn_in


def all_figures(sides: Sequence[ComparedRun], settings: pd.DataFrame, differing: pd.DataFrame) -> list[ReportFigure]:
    """The figures that the runs have something to show in: the optimized metric first."""
    called, metric = names(sides, differing), sides[0].frame.metric
    drawn = [each.name for each in (*drawn_in("spread"), *drawn_in("accuracy")) if each.part == "kept apart"]
    accuracy = next((each.name for each in drawn_in("accuracy") if f"metric.{each.name}" in settings), metric)
    found = [
        over_parameters(sides, settings, called, [metric], "metric"),
        over_parameters(sides, settings, called, [name for name in drawn if name != metric], "more"),
        tradeoff(settings, called, accuracy),
        epochs(sides, called),
    ]
    return [figure for figure in found if figure is not None]
