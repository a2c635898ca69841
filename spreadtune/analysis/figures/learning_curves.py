"""The estimate that early stopping looks at, epoch by epoch."""

import pandas as pd
import plotly.graph_objects as go

from spreadtune.analysis.figures import style
from spreadtune.analysis.figures.figure import ReportFigure
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.words import count, in_words

ESTIMATES = ("knn_transfer_accuracy", "knn_class_accuracy")


def figure(frame: Frame) -> ReportFigure | None:
    """kNN accuracy over epochs, a line a trial; None when no trial reported it at two epochs."""
    for metric in ESTIMATES:
        table = numbers(frame, metric)
        if len(table) and table.groupby("trial").size().max() > 1:
            return _figure(table, metric)
    return None


def numbers(frame: Frame, metric: str) -> pd.DataFrame:
    """The epochs at which a trial of the search reported ``metric``: columns trial, state, label, epoch, value."""
    column = f"metric.{metric}"
    nothing = pd.DataFrame(columns=["trial", "state", "label", "epoch", "value"])
    if column not in frame.history:
        return nothing
    trials = pd.concat([frame.finished, frame.pruned])[["trial", "state", "label"]]
    table = frame.history[["trial", "epoch", column]].rename(columns={column: "value"}).dropna()
    return table.merge(trials, on="trial").sort_values(["trial", "epoch"], ignore_index=True)[nothing.columns]


def _figure(table: pd.DataFrame, metric: str) -> ReportFigure:
    states = table.drop_duplicates("trial")["state"]
    finished, pruned = int((states == "COMPLETE").sum()), int((states == "PRUNED").sum())
    stopped = f"; gray lines that end in a circle are {count(pruned, 'trial')} stopped early" if pruned else ""
    return ReportFigure(
        name="learning-curves",
        title=f"{in_words(metric)} over epochs",
        caption=f"Validation images, k = 20. {count(finished, 'finished trial')}{stopped}. "
        "The estimate costs no probe; it is what early stopping looks at.",
        numbers=table,
        plot=_draw(table, metric),
    )


def _draw(table: pd.DataFrame, metric: str) -> go.Figure:
    color = style.TRANSFER if metric == "knn_transfer_accuracy" else style.CLASS
    plot = go.Figure()
    for trial, rows in table.groupby("trial"):
        pruned = rows["state"].iloc[0] == "PRUNED"
        plot.add_trace(
            go.Scatter(
                x=rows["epoch"],
                y=rows["value"],
                mode="lines+markers" if pruned else "lines",
                line={"color": style.PRUNED if pruned else color, "width": 1.1},
                marker={"symbol": "circle-open", "size": [0] * (len(rows) - 1) + [7]},
                opacity=0.6,
                name="stopped early" if pruned else "finished trial",
                legendgroup="stopped early" if pruned else "finished trial",
                text=rows["label"],
                hovertemplate=f"%{{text}}<br>%{{y:.3f}} (trial {trial}, epoch %{{x}})<extra></extra>",
            )
        )
    plot.update_xaxes(title_text="epoch")
    plot.update_yaxes(title_text=f"{in_words(metric)} (fraction correct)")
    return style.styled(plot)
