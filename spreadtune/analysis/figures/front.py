"""The optimized metrics against each other: every setting, and the front that no other beats."""

from itertools import combinations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from spreadtune.analysis.figures import style
from spreadtune.analysis.figures.figure import ReportFigure
from spreadtune.analysis.figures.repetitions import seeds_behind
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.front import front_points
from spreadtune.analysis.words import count, in_words
from spreadtune.spec.goal import Bound, Goal

NAME = "front"

Place = dict[str, int]


def figure(frame: Frame) -> ReportFigure | None:
    """Settings in the plane of two optimized metrics, a panel for each two; None where one metric is optimized."""
    table = front_points(frame)
    if table.empty:
        return None
    return ReportFigure(
        name=NAME,
        title=" against ".join(in_words(goal.metric) for goal in frame.objectives).capitalize(),
        caption=_caption(frame, table),
        numbers=table.drop(columns=["x", "alpha"]),
        plot=_draw(frame, table),
    )


def _draw(frame: Frame, table: pd.DataFrame) -> go.Figure:
    pairs = list(combinations(frame.objectives, 2))
    plot = make_subplots(1, len(pairs), horizontal_spacing=0.09)
    colors = style.variant_colors(list(table["variant"].unique()))
    for index, (across, up) in enumerate(pairs):
        place = {"row": 1, "col": index + 1}
        if len(pairs) == 1:
            plot.add_trace(_stairs(table[table["front"]], across, up), **place)
        for variant, rows in table.groupby("variant"):
            of_variant = f", {frame.variants[str(variant)]}" if len(colors) > 1 else ""
            for kind, part in _kinds(rows).items():
                if len(part):
                    plot.add_trace(_points(part, across, up, kind, of_variant, colors[str(variant)]), **place)
        plot.add_trace(_ring(frame, table, across, up), **place)
        for bound in frame.selection.bounds:  # last: Plotly draws no line over a panel that is empty yet
            _draw_bound(plot, bound, across, up, place)
        plot.update_xaxes(title_text=in_words(across.metric), **place)
        plot.update_yaxes(title_text=in_words(up.metric), **place)
    return style.styled(plot)


def _kinds(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    broken, lucky = rows["violation"] > 0, rows["lucky"]
    return {
        "breaks a bound": rows[broken],
        "one seed": rows[lucky & ~broken],
        "dominated": rows[~rows["front"] & ~lucky & ~broken],
        "on the front": rows[rows["front"]],
    }


def _points(rows: pd.DataFrame, across: Goal, up: Goal, kind: str, of_variant: str, color: str) -> go.Scatter:
    """Dim what is dominated, a cross where a bound is broken, hollow what may have been lucky, solid with its intervals
    what is on the front."""
    best, broken = kind == "on the front", kind == "breaks a bound"
    symbols = {"breaks a bound": "x-thin-open", "one seed": "circle-open"}
    marker = {
        "color": color,
        "size": 10 if best else 7,
        "opacity": 1.0 if best else 2 * style.FAINT if broken else style.FAINT,
        "symbol": symbols.get(kind, "circle"),
        "line": {"color": style.INK, "width": 0.8} if best else {"color": color, "width": 1.5},
    }
    bars = {"thickness": 1, "width": 2, "color": color}
    return go.Scatter(
        x=rows[across.metric],
        y=rows[up.metric],
        error_x={"type": "data", "array": rows[f"{across.metric}.half_width"], "visible": best, **bars},
        error_y={"type": "data", "array": rows[f"{up.metric}.half_width"], "visible": best, **bars},
        mode="markers",
        marker=marker,
        name=f"{kind}{of_variant}",
        legendgroup=f"{kind}{of_variant}",
        customdata=rows[["label", "n"]],
        hovertemplate=f"%{{customdata[0]}}<br>{in_words(across.metric)} %{{x:.3f}}, "
        f"{in_words(up.metric)} %{{y:.3f}} (n = %{{customdata[1]}})<extra>{kind}</extra>",
    )


def _ring(frame: Frame, table: pd.DataFrame, across: Goal, up: Goal) -> go.Scatter:
    """Around the setting that is called the best."""
    best = table[[key == frame.best for key in zip(table["variant"], table["setting"], strict=True)]]
    return go.Scatter(
        x=best[across.metric],
        y=best[up.metric],
        mode="markers",
        marker={"size": 18, "symbol": "circle-open", "color": style.INK, "line": {"width": 1.2}},
        name="best setting",
        legendgroup="best",
        hoverinfo="skip",
    )


def _stairs(front: pd.DataFrame, across: Goal, up: Goal) -> go.Scatter:
    """The edge of what is dominated: from a point it leaves away from the better side of the horizontal axis."""
    rows = front.sort_values(across.metric)
    return go.Scatter(
        x=rows[across.metric],
        y=rows[up.metric],
        mode="lines",
        line={"color": style.REFERENCE, "width": 1, "shape": "vh" if across.direction == "maximize" else "hv"},
        showlegend=False,
        hoverinfo="skip",
    )


def _draw_bound(plot: go.Figure, bound: Bound, across: Goal, up: Goal, place: Place) -> None:
    line = {"line": {"color": style.REFERENCE, "width": 1, "dash": "dot"}, "annotation_text": bound.text}
    if bound.metric == across.metric:
        plot.add_vline(x=bound.limit, annotation_position="bottom right", **line, **place)
    elif bound.metric == up.metric:
        plot.add_hline(y=bound.limit, annotation_position="bottom right", **line, **place)


def _caption(frame: Frame, table: pd.DataFrame) -> str:
    front, broken = int(table["front"].sum()), int((table["violation"] > 0).sum())
    bounds = f" Crosses: {count(broken, 'setting')} that break a bound; they are on no front." if broken else ""
    lucky = int((table["lucky"] & (table["violation"] == 0)).sum())
    luck = f" Hollow: {count(lucky, 'setting')} with one seed may have been lucky; they are on none." if lucky else ""
    more = " A panel shows two of the metrics; the front is that of all." if len(frame.objectives) > 2 else ""
    return (
        f"{front} of {count(len(table), 'setting')} are on the Pareto front: no other is nowhere worse and somewhere "
        f"better. Dim ones are dominated.{bounds}{luck}{more} {_means(table)}"
    )


def _means(table: pd.DataFrame) -> str:
    if table["n"].max() == 1:
        return "One trial a setting, so there is no interval."
    return f"Markers are means over seeds ({seeds_behind(table)})."
