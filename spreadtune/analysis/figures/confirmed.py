"""What was confirmed on the test split, seed by seed."""

import pandas as pd
import plotly.graph_objects as go

from spreadtune.analysis.confirmation import Confirmation, confirmation
from spreadtune.analysis.figures import style
from spreadtune.analysis.figures.figure import ReportFigure
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.references import reference_means
from spreadtune.analysis.statistics import LEAST_REPETITIONS, interval
from spreadtune.analysis.words import count, in_words

NAME = "confirmed"


def figure(frame: Frame) -> ReportFigure | None:
    """A line a seed over the variants, and their means; None without a confirmation."""
    found = confirmation(frame)
    if found is None:
        return None
    table, metric = numbers(found), in_words(frame.metric)
    scale = reference_means(frame, frame.metric, part="test.")
    return ReportFigure(
        name=NAME,
        title=f"{metric.capitalize()} on the test split, best setting of each variant",
        caption=_caption(found, metric, scale, members=_has_members(frame, found)),
        numbers=table,
        plot=_draw(found, table, metric, scale),
    )


def numbers(found: Confirmation) -> pd.DataFrame:
    """One row an encoder, the chosen setting first: columns variant, called, values, seed, test, validation."""
    parts = [
        pd.DataFrame({"test": each.test, "validation": each.validation})
        .dropna()
        .rename_axis("seed")
        .reset_index()
        .assign(variant=each.variant, called=each.called, values=each.values)
        for each in found.every
    ]
    return pd.concat(parts, ignore_index=True)[["variant", "called", "values", "seed", "test", "validation"]]


def _draw(found: Confirmation, table: pd.DataFrame, metric: str, scale: pd.DataFrame) -> go.Figure:
    plot = go.Figure()
    for seed, rows in table.groupby("seed"):
        plot.add_trace(
            go.Scatter(
                x=rows["called"],
                y=rows["test"],
                mode="lines+markers",
                line={"color": style.REFERENCE, "width": 0.8},
                marker={"color": style.TRANSFER, "size": 6, "opacity": 0.6},
                opacity=0.7,
                name="one seed",
                customdata=rows[["values"]],
                hovertemplate=f"%{{customdata[0]}}<br>%{{y:.3f}} (seed {seed})<extra></extra>",
            )
        )
    means = [interval(each.test) for each in found.every]
    plot.add_trace(
        go.Scatter(
            x=[each.called for each in found.every],
            y=[mean.mean for mean in means],
            error_y={"type": "data", "array": [mean.half_width for mean in means], "thickness": 1.6, "width": 6},
            mode="markers",
            marker={"color": style.INK, "size": 11, "symbol": "line-ew", "line": {"color": style.INK, "width": 2.5}},
            name="mean with its interval",
            hovertemplate="%{y:.3f}<extra></extra>",
        )
    )
    if len(scale):
        _draw_scale(plot, scale, found.chosen.called)
    ticks = {each.called: each.called.replace(", ", "<br>", 1) for each in found.every}
    plot.update_xaxes(
        title_text="variant",
        type="category",
        range=[-0.5, len(found.every) - 0.5],
        tickvals=list(ticks),
        ticktext=list(ticks.values()),
    )
    plot.update_yaxes(title_text=f"{metric}, test")
    return style.styled(plot)


def _draw_scale(plot: go.Figure, scale: pd.DataFrame, place: str) -> None:
    """Floors and ceiling as lines over the whole width; unseen points make room for them on the axis."""
    for dash, (_, row) in zip(style.DASHES, scale.iterrows(), strict=False):
        line = {"color": style.REFERENCE, "width": 1.2, "dash": dash}
        plot.add_hline(y=row["mean"], line=line, layer="below", showlegend=True, name=row["reference"])
    plot.add_trace(
        go.Scatter(
            x=[place] * len(scale),
            y=scale["mean"],
            mode="markers",
            marker={"opacity": 0},
            showlegend=False,
            customdata=scale[["reference"]],
            hovertemplate="%{customdata[0]}<br>%{y:.3f}<extra></extra>",
        )
    )


def _has_members(frame: Frame, found: Confirmation) -> bool:
    return any(frame.specs[each.variant, each.setting].members for each in found.every)


def _caption(found: Confirmation, metric: str, scale: pd.DataFrame, *, members: bool) -> str:
    fewest, most = (choose(len(each.test) for each in found.every) for choose in (min, max))
    seeds = count(most, "seed") if fewest == most else f"{fewest} to {most} seeds"
    bars = (
        "bars are 95% Student t intervals of the means"
        if most >= LEAST_REPETITIONS
        else "too few for an interval, so none is drawn"
    )
    alike = "" if members else ", which share initialization, order and views"  # a member has streams of its own
    pairs = f" Lines join what has one seed{alike}." if found.others else ""
    settings = "; ".join(f"{each.called}: {each.values}" for each in found.every)
    lines = f" Gray lines are floors and ceiling, n = {int(scale['n'].max())}." if len(scale) else ""
    return f"{seeds[0].upper()}{seeds[1:]} that had no part in the choice ({settings}); {bars}.{pairs}{lines}"
