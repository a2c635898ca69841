"""Transfer and class accuracy against alpha, between floors and ceiling."""

from collections.abc import Mapping, Sequence
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
from spreadtune.spec.metrics import Metric, drawn_in

NAME = "accuracy"


def figure(frame: Frame) -> ReportFigure | None:
    """Accuracies over the main parameter; None when no finished trial measured one."""
    table = numbers(frame)
    shown = [each for each in drawn_in("accuracy") if each.name in table and table[each.name].notna().any()]
    if not shown:
        return None
    # The ceiling is one of the subclass: trained on the fine labels. Of the class alone it would say nothing.
    finer = [each for each in drawn_in("accuracy") if each.needs_subclasses or each.needs_groups]
    lines = {each.name: reference_means(frame, each.name) for each in finer}
    return ReportFigure(
        name=NAME,
        title=f"{' and '.join(metric.words for metric in shown).capitalize()} against {in_words(frame.x)}",
        caption=_caption(frame, table, next(iter(lines.values()))),
        numbers=table,
        plot=_draw(frame, table, shown, lines),
    )


def numbers(frame: Frame) -> pd.DataFrame:
    """Mean accuracies of each setting with half-widths, as :func:`setting_means` gives them."""
    return setting_means(frame, [metric.name for metric in drawn_in("accuracy")])


def _draw(frame: Frame, table: pd.DataFrame, shown: Sequence[Metric], lines: Mapping[str, pd.DataFrame]) -> go.Figure:
    titles = [f"{metric.words} (subclass)" if metric.needs_subclasses else metric.words for metric in shown]
    plot = make_subplots(1, len(shown), subplot_titles=titles, horizontal_spacing=0.09)
    kind = axis_type(frame, frame.x)
    for index, metric in enumerate(shown):
        place = {"row": 1, "col": index + 1}
        if metric.name in lines:
            for dash, (_, row) in zip(style.DASHES, lines[metric.name].iterrows(), strict=False):
                for trace in traces.reference_line(_ends(table["x"], kind), row, dash):
                    plot.add_trace(trace, **place)
        color = style.accuracy_color(metric)
        dots = traces.single_trials(frame.finished, x_values(frame, frame.finished), f"metric.{metric.name}", color)
        plot.add_trace(dots, **place)
        groups = list(table["group"].unique())
        for trace in traces.grouped_means(table, metric.name, color, "", "solid", by="group", groups=groups):
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
        references = f"Gray lines are floors and ceiling under the same probe (means, n = {n}; {whiskers})."
    else:
        references = "Floors and ceiling are missing."
    if failed:
        references += f" {count(failed, 'reference run')} failed."
    return f"Linear probe on frozen features, validation images. {repetitions(table)} {references}"
