"""kNN accuracy, epoch by epoch: the estimate that early stopping looks at."""

import pandas as pd
import plotly.graph_objects as go

from spreadtune.analysis.figures import style
from spreadtune.analysis.figures.figure import ReportFigure
from spreadtune.analysis.frame import ALPHA, Frame
from spreadtune.analysis.words import count, in_words
from spreadtune.spec.metrics import Metric, drawn_in

NAME = "learning-curves"


def figure(frame: Frame) -> ReportFigure | None:
    """kNN accuracy over epochs, a line a trial; None when no trial reported it at two epochs."""
    for metric in drawn_in("epochs"):
        table = numbers(frame, metric.name)
        if len(table) and table.groupby("trial").size().max() > 1:
            return _figure(frame, table, metric)
    return None


def numbers(frame: Frame, metric: str) -> pd.DataFrame:
    """The epochs at which a trial reported ``metric``: columns trial, state, label, alpha, epoch, value."""
    column = f"metric.{metric}"
    nothing = pd.DataFrame(columns=["trial", "state", "label", "alpha", "epoch", "value"])
    if column not in frame.history:
        return nothing
    trials = pd.concat([frame.finished, frame.pruned])[["trial", "state", "label", ALPHA]].rename(
        columns={ALPHA: "alpha"}
    )
    table = frame.history[["trial", "epoch", column]].rename(columns={column: "value"}).dropna()
    return table.merge(trials, on="trial").sort_values(["trial", "epoch"], ignore_index=True)[nothing.columns]


def _figure(frame: Frame, table: pd.DataFrame, metric: Metric) -> ReportFigure:
    states = table.drop_duplicates("trial")["state"]
    finished, pruned = int((states == "COMPLETE").sum()), int((states == "PRUNED").sum())
    stopped = f"; lines that end in a circle are {count(pruned, 'trial')} stopped early" if pruned else ""
    color = f", colored by {in_words(ALPHA)}" if frame.x == ALPHA else ""
    use = "; it is what early stopping looks at" if frame.stand_in == metric.name else ""
    return ReportFigure(
        name=NAME,
        title=f"{metric.words} over epochs",
        caption=f"Validation images, k = 20. {count(finished, 'finished trial')}{color}{stopped}. "
        f"The estimate costs no probe{use}.",
        numbers=table,
        plot=_draw(frame, table, metric),
    )


def _draw(frame: Frame, table: pd.DataFrame, metric: Metric) -> go.Figure:
    """A line a trial: colored by alpha where alpha varies, else by how the trial ended."""
    by_alpha, alphas = frame.x == ALPHA, frame.settings[ALPHA]
    plot = go.Figure()
    for trial, rows in table.groupby("trial"):
        pruned, alpha = rows["state"].iloc[0] == "PRUNED", rows["alpha"].iloc[0]
        end = "stopped early" if pruned else "finished trial"
        plain = style.PRUNED if pruned or by_alpha else style.accuracy_color(metric)
        plot.add_trace(
            go.Scatter(
                x=rows["epoch"],
                y=rows["value"],
                mode="lines+markers" if pruned else "lines",
                line={"color": style.color_of(alpha, alphas) if by_alpha and pd.notna(alpha) else plain, "width": 1.1},
                marker={"symbol": "circle-open", "size": [0] * (len(rows) - 1) + [7]},
                opacity=0.7,
                name=end,
                legendgroup=end,
                showlegend=not by_alpha,
                text=rows["label"],
                hovertemplate=f"%{{text}}<br>%{{y:.3f}} (trial {trial}, epoch %{{x}})<extra></extra>",
            )
        )
    if by_alpha:
        plot.add_trace(_color_bar())
        plot.update_layout(coloraxis=style.color_axis(in_words(ALPHA), alphas))
    plot.update_xaxes(title_text="epoch")
    plot.update_yaxes(title_text=f"{metric.words} (fraction correct)")
    return style.styled(plot)


def _color_bar() -> go.Scatter:
    """Nothing but the bar: Plotly draws one for markers only, and lines have none."""
    marker = {"color": [0.0], "coloraxis": "coloraxis"}
    return go.Scatter(x=[None], y=[None], mode="markers", marker=marker, showlegend=False, hoverinfo="skip")
