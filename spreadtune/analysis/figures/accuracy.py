"""Transfer and class accuracy against alpha, between floors and ceiling."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from spreadtune.analysis.figures import style, traces
from spreadtune.analysis.figures.figure import ReportFigure
from spreadtune.analysis.figures.numbers import (
    axis_type,
    reference_means,
    repetitions,
    setting_means,
    x_title,
    x_values,
)
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.statistics import LEAST_REPETITIONS
from spreadtune.analysis.words import count, in_words

ACCURACIES = {
    "transfer_accuracy": ("transfer accuracy (subclass)", style.TRANSFER),
    "class_accuracy": ("class accuracy", style.CLASS),
}
# How each reference is drawn, and where its label stands: lines close to each other keep theirs apart.
_DASHES = ("dash", "dot", "dashdot")
_LABELS = (
    {"x": 0, "xanchor": "left", "yshift": 9},
    {"x": 1, "xanchor": "right", "yshift": -9},
    {"x": 0, "xanchor": "left", "yshift": -9},
)


def figure(frame: Frame) -> ReportFigure | None:
    """Accuracies over the main parameter; None when no finished trial measured one."""
    table = numbers(frame)
    shown = [metric for metric in ACCURACIES if metric in table and table[metric].notna().any()]
    if not shown:
        return None
    lines = {metric: reference_means(frame.references, metric) for metric in shown}
    return ReportFigure(
        name="accuracy",
        title=f"{' and '.join(in_words(metric) for metric in shown).capitalize()} against {in_words(frame.x)}",
        caption=_caption(frame, table, lines),
        numbers=table,
        plot=_draw(frame, table, shown, lines),
    )


def numbers(frame: Frame) -> pd.DataFrame:
    """Mean accuracies of each setting with half-widths, as :func:`setting_means` gives them."""
    return setting_means(frame, list(ACCURACIES))


def _draw(frame: Frame, table: pd.DataFrame, shown: list[str], lines: dict[str, pd.DataFrame]) -> go.Figure:
    titles = [ACCURACIES[metric][0] for metric in shown]
    plot = make_subplots(1, len(shown), subplot_titles=titles, horizontal_spacing=0.09)
    for index, metric in enumerate(shown):
        place = {"row": 1, "col": index + 1}
        _references(plot, table["x"], lines[metric], place)
        color = ACCURACIES[metric][1]
        dots = traces.single_trials(frame.finished, x_values(frame, frame.finished), f"metric.{metric}", color)
        plot.add_trace(dots, **place)
        groups = list(table["group"].unique())
        for trace in traces.grouped_means(table, metric, color, "", "solid", by="group", groups=groups):
            plot.add_trace(trace, **place)
    plot.update_xaxes(title_text=x_title(frame), type=axis_type(frame.x, table["x"]))
    plot.update_yaxes(title_text="accuracy (fraction correct)", col=1)
    return style.styled(plot)


def _references(plot: go.Figure, x: pd.Series, lines: pd.DataFrame, place: dict[str, int]) -> None:
    axis = "" if place["col"] == 1 else str(place["col"])
    for label, dash, (_, row) in zip(_LABELS, _DASHES, lines.iterrows(), strict=False):
        for trace in traces.reference_line(_ends(x), row, dash):
            plot.add_trace(trace, **place)
        font = {"size": 11, "color": style.REFERENCE}
        place_of_text = {"xref": f"x{axis} domain", "y": row["mean"], "yref": f"y{axis}", **label}
        plot.add_annotation(text=row["reference"], showarrow=False, font=font, **place_of_text)


def _ends(x: pd.Series) -> list[Any]:
    """Where a horizontal line begins and ends: over all values, and not a point when there is only one."""
    if not pd.api.types.is_numeric_dtype(x):
        return list(dict.fromkeys(x))
    low, high = float(x.min()), float(x.max())
    return [low, high] if high > low else [low - 0.05, high + 0.05]


def _caption(frame: Frame, table: pd.DataFrame, lines: dict[str, pd.DataFrame]) -> str:
    seeds = max((int(n) for line in lines.values() for n in line["n"]), default=0)
    failed = int((frame.references["state"] == "FAIL").sum())
    if seeds:
        bands = "bands are their intervals" if seeds >= LEAST_REPETITIONS else "too few seeds for their intervals"
        references = f"Gray lines are floors and ceiling under the same probe (means, n = {seeds}; {bands})."
    else:
        references = "Floors and ceiling are missing."
    if failed:
        references += f" {count(failed, 'reference run')} failed."
    return f"Linear probe on frozen features, validation images. {repetitions(table)} {references}"
