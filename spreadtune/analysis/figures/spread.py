"""Spread against alpha, measured and predicted."""

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from spreadtune.analysis.figures import style, traces
from spreadtune.analysis.figures.axes import axis_type, x_title
from spreadtune.analysis.figures.figure import ReportFigure
from spreadtune.analysis.figures.prediction import BY_FORMULA, MINIMIZED, curves, prediction, shade_window
from spreadtune.analysis.figures.repetitions import repetitions
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.means import setting_means, x_values
from spreadtune.analysis.recorded_theory import RecordedTheory
from spreadtune.analysis.scheme import distinguishing_labels
from spreadtune.analysis.words import in_words
from spreadtune.search.results.selection import SETTING
from spreadtune.spec.metrics import Metric, drawn_in

NAME = "spread"


def figure(frame: Frame) -> ReportFigure | None:
    """Spread over the main parameter beside the prediction; None when no finished trial measured a spread."""
    table = numbers(frame)
    if not _shown(table):
        return None
    lines = curves(frame)
    return ReportFigure(
        name=NAME,
        title=f"Spread against {in_words(frame.x)}",
        caption=_caption(frame, table, lines),
        numbers=table,
        plot=_curve_panels(frame, table, lines) if len(lines) else _points(frame, table),
    )


def numbers(frame: Frame) -> pd.DataFrame:
    """Mean spreads of each setting with half-widths, and the ``predicted`` spread and ``window_position`` there.

    The position is (alpha - alpha_c) / (alpha_m - alpha_c): below 0 classes are predicted to collapse, above 1 their
    means to vanish.
    """
    table = setting_means(frame, [metric.name for metric in _spreads()])
    if table.empty:
        return table
    theory = frame.means.reindex(columns=["theory.alpha_c", "theory.alpha_m", "theory.spread"])
    theory = theory.reindex(pd.MultiIndex.from_frame(table[["variant", "setting"]])).reset_index(drop=True)
    width = theory["theory.alpha_m"] - theory["theory.alpha_c"]
    table["predicted"] = theory["theory.spread"]
    table["window_position"] = (table["alpha"] - theory["theory.alpha_c"]) / width
    return table


def _curve_panels(frame: Frame, table: pd.DataFrame, lines: pd.DataFrame) -> go.Figure:
    """One panel for each predicted curve, with the settings that it speaks of."""
    schemes = sorted(frame.schemes)
    connected = list(table["line"].unique())
    columns = min(len(schemes), 2)
    rows = -(-len(schemes) // columns)
    titles = distinguishing_labels(schemes) if len(schemes) > 1 else None
    plot = make_subplots(rows, columns, shared_yaxes="all", subplot_titles=titles, horizontal_spacing=0.06)
    for index, scheme in enumerate(schemes):
        place = {"row": index // columns + 1, "col": index % columns + 1}
        curve = lines[lines["scheme"] == scheme]
        name = BY_FORMULA if frame.schemes[scheme].has_formula else MINIMIZED
        plot.add_trace(prediction(curve["alpha"], curve["spread"], "lines", name), **place)
        _measured(plot, frame, table[table["scheme"] == scheme], _shown(table), connected, place)
        shade_window(plot, frame.schemes[scheme], place)  # after the traces: Plotly shades no empty panel
    plot.update_xaxes(title_text=x_title(frame), row=rows)
    plot.update_xaxes(range=[-0.03, 1.03])
    plot.update_yaxes(title_text="spread (1 − cosine)", col=1)
    return style.styled(plot, height=120 + 320 * rows)


def _points(frame: Frame, table: pd.DataFrame) -> go.Figure:
    """One panel; the prediction is a mark beside each setting, because every setting has its own."""
    plot, place = make_subplots(1, 1), {"row": 1, "col": 1}
    known = table.dropna(subset=["predicted"])
    if len(known):
        plot.add_trace(prediction(known["x"], known["predicted"], "markers"), **place)
    metric = _shown(table)[0]  # there is room for one
    connected = list(table["group"].unique())
    _measured(plot, frame, table.assign(line=table["group"]), [metric], connected, place)
    if len(connected) > style.MOST_LINES and table["window_position"].notna().any():
        bar = {"title": {"text": "position in<br>the window"}, "thickness": 12}
        marker = {"color": table["window_position"], "colorscale": style.ALPHA_SCALE, "colorbar": bar}
        plot.update_traces(selector={"name": _words(metric)}, marker=marker)
    plot.update_xaxes(title_text=x_title(frame), type=axis_type(frame, frame.x))
    plot.update_yaxes(title_text="spread (1 − cosine)")
    return style.styled(plot)


def _measured(
    plot: go.Figure, frame: Frame, table: pd.DataFrame, metrics: list[Metric], lines: list[str], place: dict[str, int]
) -> None:
    """Single trials and setting means of the settings in ``table``; ``lines`` are those of the whole figure."""
    shown = frame.finished.set_index(SETTING).index.isin(table.set_index(SETTING).index)
    trials = frame.finished[shown]
    for metric in metrics:
        if table[metric.name].isna().all():
            continue
        line, column = style.spread_line(metric), f"metric.{metric.name}"
        plot.add_trace(traces.single_trials(trials, x_values(frame, trials), column, line["color"]), **place)
        for trace in traces.grouped_means(table, metric.name, name=_words(metric), **line, by="line", groups=lines):
            plot.add_trace(trace, **place)


def _spreads() -> list[Metric]:
    """That of training images first, of which theory speaks."""
    return sorted(drawn_in("spread"), key=lambda metric: metric.part != "train")


def _shown(table: pd.DataFrame) -> list[Metric]:
    return [metric for metric in _spreads() if metric.name in table and table[metric.name].notna().any()]


def _words(metric: Metric) -> str:
    return f"spread, {_images(metric)}"


def _images(metric: Metric) -> str:
    return f"{'training' if metric.part == 'train' else 'validation'} images"


def _caption(frame: Frame, table: pd.DataFrame, lines: pd.DataFrame) -> str:
    if len(lines):
        images = "training and validation images"
        theory = _curves_in_words([frame.schemes[scheme] for scheme in lines["scheme"].unique()])
    else:
        images = _images(_shown(table)[0])
        known = table["predicted"].notna().any()
        theory = f"the dash beside a setting {PREDICTS}." if known else "theory has no prediction here."
    return (
        f"Spread (mean 1 − cosine within a class; 0 is collapse) of trained encoders on {images}; {theory} "
        f"{repetitions(table)}"
    )


PREDICTS = "is what theory predicts for free embeddings on training batches"
MINIMUM = "is the minimum of the loss over free embeddings of a training batch, found numerically"


def _curves_in_words(drawn: list[RecordedTheory]) -> str:
    """What the dashed curves are, and the marks of :func:`shade_window` beside them."""
    by_formula = [recorded for recorded in drawn if recorded.has_formula]
    minimized = [recorded for recorded in drawn if not recorded.has_formula]
    if not by_formula:
        return f"the dashed curve {MINIMUM}, for theory has no formula of it. {_line(minimized)}"
    words = f"the dashed curve {PREDICTS}. The shaded band is the predicted window from alpha_c to alpha_m."
    if any(recorded.unequal for recorded in by_formula):
        words += " Classes are unequal: the first opens at its left edge, the last at the dotted line."
    if minimized:
        words += f" Where there is no band theory has no formula of the curve: it {MINIMUM}. {_line(minimized)}"
    return words


def _line(minimized: list[RecordedTheory]) -> str:
    opens = "the first class opens" if any(recorded.unequal for recorded in minimized) else "collapse ends"
    return f"Its dotted line is alpha_c, where {opens}."
