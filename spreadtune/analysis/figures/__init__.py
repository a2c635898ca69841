"""The report's figures. Each is two steps: numbers (a data frame), then a drawing (a Plotly figure)."""

from spreadtune.analysis.figures import (
    accuracy,
    confirmed,
    front,
    hypervolume,
    learning_curves,
    parameters,
    spread,
    tradeoff,
)
from spreadtune.analysis.figures.figure import ReportFigure
from spreadtune.analysis.frame import Frame

__all__ = ["NAMES", "ReportFigure", "all_figures"]

_ORDER = (confirmed, front, spread, accuracy, tradeoff, parameters, hypervolume, learning_curves)

NAMES = tuple(module.NAME for module in _ORDER)
"""Of all figures there are, in the order of the report."""


def all_figures(frame: Frame) -> list[ReportFigure]:
    """The figures that the run's trials have something to show in, in the order of the report."""
    figures = (module.figure(frame) for module in _ORDER)
    return [figure for figure in figures if figure is not None]
