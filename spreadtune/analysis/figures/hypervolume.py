"""What the search has covered of the plane of its metrics, trial by trial."""

import pandas as pd
import plotly.graph_objects as go

from spreadtune.analysis.figures import style
from spreadtune.analysis.figures.figure import ReportFigure
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.words import in_words
from spreadtune.search.results.pareto import Points, hypervolume, losses

NAME = "hypervolume"


def figure(frame: Frame) -> ReportFigure | None:
    """The hypervolume over finished trials; None where one metric is optimized, or fewer than two trials finished."""
    metrics = [goal.metric for goal in frame.objectives]
    if len(metrics) < 2 or len(frame.finished) < 2 or not all(map(frame.column, metrics)):
        return None
    table = numbers(frame)
    worst = _reference(frame) * [goal.loss(1.0) for goal in frame.objectives]
    point = ", ".join(f"{in_words(metric)} {value:.3f}" for metric, value in zip(metrics, worst, strict=True))
    bounds = " Trials that break a bound add nothing." if frame.selection.bounds else ""
    return ReportFigure(
        name=NAME,
        title="Hypervolume over trials",
        caption=f"What single finished trials dominate together, in the order in which they were begun, up to the "
        f"worst value of each metric ({point}). Each trial counts alone, so luck of a seed counts too.{bounds}",
        numbers=table,
        plot=_draw(frame, table),
    )


def numbers(frame: Frame) -> pd.DataFrame:
    """One row a finished trial: variant, trial, how many of its variant have finished, and what they dominate."""
    rows, worst = [], _reference(frame)
    for variant, trials in frame.finished.sort_values("trial").groupby("variant"):
        points = _points(frame, trials)
        kept = [frame.selection.violation(_measured(line)) == 0 for _, line in trials.iterrows()]
        for count in range(1, len(trials) + 1):
            reached = hypervolume(points[:count][kept[:count]], worst)
            rows.append((variant, int(trials["trial"].iloc[count - 1]), count, reached))
    return pd.DataFrame(rows, columns=["variant", "trial", "finished", "hypervolume"])


def _points(frame: Frame, trials: pd.DataFrame) -> Points:
    columns = [f"metric.{goal.metric}" for goal in frame.objectives]
    return losses(trials[columns].to_numpy(dtype=float), frame.objectives)


def _reference(frame: Frame) -> Points:
    """The worst value of each metric among all finished trials, with the sign with which less is better."""
    worst: Points = _points(frame, frame.finished).max(axis=0)
    return worst


def _measured(line: pd.Series) -> dict[str, float]:
    columns = [str(name) for name in line.index if str(name).startswith("metric.")]
    return {name.removeprefix("metric."): float(line[name]) for name in columns if pd.notna(line[name])}


def _draw(frame: Frame, table: pd.DataFrame) -> go.Figure:
    plot = go.Figure()
    colors = style.variant_colors(list(table["variant"].unique()))
    for variant, rows in table.groupby("variant"):
        plot.add_trace(
            go.Scatter(
                x=rows["finished"],
                y=rows["hypervolume"],
                mode="lines+markers",
                line={"color": colors[str(variant)], "width": 1.6, "shape": "hv"},
                marker={"size": 4},
                name=frame.variants[str(variant)],
                showlegend=len(colors) > 1,
                customdata=rows[["trial"]],
                hovertemplate="%{y:.4f} after %{x} trials (trial %{customdata[0]})<extra></extra>",
            )
        )
    plot.update_xaxes(title_text="finished trials of the variant")
    plot.update_yaxes(title_text="hypervolume", rangemode="tozero")
    return style.styled(plot)
