"""Transfer and class accuracy against alpha, between floors and ceiling."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from spreadtune.analysis.figures import style, traces
from spreadtune.analysis.figures.axes import axis_type, x_title
from spreadtune.analysis.figures.figure import ReportFigure
from spreadtune.analysis.figures.repetitions import repetitions
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.means import setting_means, x_values
from spreadtune.analysis.references import reference_means
from spreadtune.analysis.statistics import LEAST_REPETITIONS
from spreadtune.analysis.words import count, in_words

NAME = "accuracy"

ACCURACIES = {
    "transfer_accuracy": ("transfer accuracy (subclass)", style.TRANSFER),
    "class_accuracy": ("class accuracy", style.CLASS),
}


def figure(frame: Frame) -> ReportFigure | None:
    """Accuracies over the main parameter; None when no finished trial measured one."""
    table = numbers(frame)
    shown = [metric for metric in ACCURACIES if metric in table and table[metric].notna().any()]
    if not shown:
        return None
    lines = reference_means(frame, "transfer_accuracy")
    return ReportFigure(
        name=NAME,
        title=f"{' and '.join(in_words(metric) for metric in shown).capitalize()} against {in_words(frame.x)}",
        caption=_caption(frame, table, lines),
        numbers=table,
        plot=_draw(frame, table, shown, lines),
    )


def numbers(frame: Frame) -> pd.DataFrame:
    """Mean accuracies of each setting with half-widths, as :func:`setting_means` gives them."""
    return setting_means(frame, list(ACCURACIES))


def _draw(frame: Frame, table: pd.DataFrame, shown: list[str], lines: pd.DataFrame) -> go.Figure:
    titles = [ACCURACIES[metric][0] for metric in shown]
    plot = make_subplots(1, len(shown), subplot_titles=titles, horizontal_spacing=0.09)
    kind = axis_type(frame, frame.x)
    for index, metric in enumerate(shown):
        place = {"row": 1, "col": index + 1}
        if metric == "transfer_accuracy":  # the ceiling is one of the subclass: trained on the fine labels
            for dash, (_, row) in zip(style.DASHES, lines.iterrows(), strict=False):
                for trace in traces.reference_line(_ends(table["x"], kind), row, dash):
                    plot.add_trace(trace, **place)
        color = ACCURACIES[metric][1]
        dots = traces.single_trials(frame.finished, x_values(frame, frame.finished), f"metric.{metric}", color)
        plot.add_trace(dots, **place)
        groups = list(table["group"].unique())
        for trace in traces.grouped_means(table, metric, color, "", "solid", by="group", groups=groups):
            plot.add_trace(trace, **place)
    plot.update_xaxes(title_text=x_title(frame), type=kind)
    plot.update_yaxes(title_text="accuracy (fraction correct)", col=1)
    return style.styled(plot)


def _ends(x: pd.Series, kind: str | None) -> list[Any]:
    """Where a horizontal line begins and ends: a little beyond all values, so that its whisker stands clear of them."""
    if not pd.api.types.is_numeric_dtype(x):
        return list(dict.fromkeys(x))
    low, high = float(x.min()), float(x.max())
    if kind == "log":
        factor = (high / low) ** 0.05 if high > low else 1.05
        return [low / factor, high * factor]
    beyond = 0.05 * (high - low) or 0.05
    return [low - beyond, high + beyond]


def _caption(frame: Frame, table: pd.DataFrame, lines: pd.DataFrame) -> str:
    failed = int((frame.references["state"] == "FAIL").sum())
    if len(lines):
        n = int(lines["n"].max())
        enough = n >= LEAST_REPETITIONS
        whiskers = "whiskers at the right are their intervals" if enough else "too few seeds for intervals"
        references = f"Gray lines are floors and ceiling of transfer under the same probe (means, n = {n}; {whiskers})."
    else:
        references = "Floors and ceiling are missing."
    if failed:
        references += f" {count(failed, 'reference run')} failed."
    return f"Linear probe on frozen features, validation images. {repetitions(table)} {references}"
