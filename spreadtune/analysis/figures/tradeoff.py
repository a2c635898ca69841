"""Spread against transfer, trial by trial."""

import pandas as pd
import plotly.graph_objects as go

from spreadtune.analysis.figures import style
from spreadtune.analysis.figures.axes import x_title
from spreadtune.analysis.figures.figure import ReportFigure
from spreadtune.analysis.figures.traces import pruned_trials
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.means import x_values
from spreadtune.analysis.words import count, in_words
from spreadtune.spec.metrics import METRICS

NAME = "tradeoff"


def figure(frame: Frame) -> ReportFigure | None:
    """Every trial's accuracy over its spread; None when no finished trial measured both."""
    metric = frame.accuracy
    table = numbers(frame, metric)
    if not (table["state"] == "COMPLETE").any():
        return None
    return ReportFigure(
        name=NAME,
        title=f"{in_words(metric).capitalize()} against spread",
        caption=_caption(frame, table),
        numbers=table,
        plot=_draw(frame, table, metric),
    )


def numbers(frame: Frame, metric: str) -> pd.DataFrame:
    """One row a point: columns trial, variant, setting, label, state, epoch, x, spread, accuracy.

    A finished trial's accuracy is ``metric``; one that was stopped early has only the kNN estimate of its last
    evaluated epoch. Trials without a spread or an accuracy are left out.
    """
    names = ["trial", "variant", "setting", "label", "state", "epoch"]
    finished, pruned = frame.finished, frame.pruned
    points = [
        trials[names].assign(
            x=x_values(frame, trials),
            spread=pd.to_numeric(trials.get("metric.spread", pd.Series(dtype=float))),
            accuracy=pd.to_numeric(trials.get(f"metric.{accuracy}", pd.Series(dtype=float))),
        )
        for trials, accuracy in ((finished, metric), (pruned, METRICS[metric].stand_in))
    ]
    return pd.concat([table for table in points if len(table)] or points[:1]).dropna(subset=["spread", "accuracy"])


def _draw(frame: Frame, table: pd.DataFrame, metric: str) -> go.Figure:
    plot = go.Figure()
    finished, pruned = table[table["state"] == "COMPLETE"], table[table["state"] == "PRUNED"]
    if len(pruned):
        plot.add_trace(pruned_trials(pruned["spread"], pruned["accuracy"], pruned))
    repeated = _repeated(finished)
    symbols = style.symbol_of(list(finished["variant"].unique()))
    for variant, rows in finished.groupby("variant"):
        symbol, of_variant = symbols[str(variant)], f", {frame.variants[str(variant)]}" if len(symbols) > 1 else ""
        size, opacity = (5, 0.55) if repeated else (10, 0.9)
        plot.add_trace(_points(rows, f"single trial{of_variant}", symbol, size=size, opacity=opacity))
        if repeated:
            plot.add_trace(_points(_means(rows), f"setting mean{of_variant}", symbol, size=12, opacity=1.0))
    if pd.api.types.is_numeric_dtype(finished["x"]):
        plot.update_layout(coloraxis=style.color_axis(in_words(frame.x), frame.settings[frame.x]))
    plot.update_xaxes(title_text="spread on validation images (1 − cosine)")
    plot.update_yaxes(title_text=f"{in_words(metric)} (fraction correct)")
    return style.styled(plot)


def _repeated(finished: pd.DataFrame) -> bool:
    """Whether any setting has more than one finished trial, so that means differ from trials."""
    return bool(finished.duplicated(["variant", "setting"]).any())


def _means(rows: pd.DataFrame) -> pd.DataFrame:
    """One point a setting of a variant."""
    return rows.groupby("setting").agg({"x": "first", "label": "first", "spread": "mean", "accuracy": "mean"})


def _points(rows: pd.DataFrame, name: str, symbol: str, *, size: int, opacity: float) -> go.Scatter:
    numeric = pd.api.types.is_numeric_dtype(rows["x"])
    color = {"color": rows["x"], "coloraxis": "coloraxis"} if numeric else {"color": style.TRANSFER}
    return go.Scatter(
        x=rows["spread"],
        y=rows["accuracy"],
        mode="markers",
        marker={
            **color,
            "size": size,
            "opacity": opacity,
            "symbol": symbol,
            "line": {"color": style.INK, "width": 0.6},
        },
        name=name,
        customdata=rows[["label"]],
        hovertemplate="%{customdata[0]}<br>spread %{x:.3f}, %{y:.3f}<extra></extra>",
    )


def _caption(frame: Frame, table: pd.DataFrame) -> str:
    finished, pruned = (int((table["state"] == state).sum()) for state in ("COMPLETE", "PRUNED"))
    hollow = (
        f" Hollow: {count(pruned, 'trial')} stopped early, at the spread and kNN accuracy of the last evaluated epoch."
        if pruned
        else ""
    )
    color = f", colored by {x_title(frame)}" if pd.api.types.is_numeric_dtype(table["x"]) else ""
    trials = count(finished, "finished trial")
    means = ", large ones means over the seeds of a setting" if _repeated(table[table["state"] == "COMPLETE"]) else ""
    marks = f"Small markers are {trials}{means}" if means else f"Markers are {trials}"
    return f"{marks}{color}. Both axes are measured on validation images.{hollow}"
