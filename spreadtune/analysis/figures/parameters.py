"""Transfer against every other searched parameter."""

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from spreadtune.analysis.figures import style
from spreadtune.analysis.figures.axes import axis_type
from spreadtune.analysis.figures.figure import ReportFigure
from spreadtune.analysis.figures.traces import pruned_trials
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.words import count, in_words
from spreadtune.spec.metrics import METRICS

NAME = "parameters"

COLUMNS = 3


def figure(frame: Frame) -> ReportFigure | None:
    """Accuracy over each searched parameter but the main one; None when there is no other, or no accuracy."""
    metric = frame.accuracy
    if len(frame.searched) < 2 or not frame.column(metric):
        return None
    table = numbers(frame, metric)
    pruned = int((table["state"] == "PRUNED").sum())
    hollow = f"; hollow, {count(pruned, 'trial')} stopped early, at their last kNN accuracy" if pruned else ""
    return ReportFigure(
        name=NAME,
        title=f"{in_words(metric).capitalize()} against the other searched parameters",
        caption=f"One marker a trial{hollow}. All other parameters vary too: a panel shows a tendency, no effect.",
        numbers=table,
        plot=_draw(frame, table, metric),
    )


def numbers(frame: Frame, metric: str) -> pd.DataFrame:
    """One row a trial: trial, variant, label, state, epoch, the other searched paths, accuracy.

    The accuracy of a trial that was stopped early is the kNN estimate of its last evaluated epoch.
    """
    names = ["trial", "variant", "label", "state", "epoch", *frame.searched[1:]]
    finished = frame.finished[names].assign(accuracy=frame.finished[f"metric.{metric}"])
    knn = f"metric.{METRICS[metric].stand_in}"
    if frame.pruned.empty or knn not in frame.pruned:
        return finished.dropna(subset=["accuracy"])
    pruned = frame.pruned[names].assign(accuracy=frame.pruned[knn])
    return pd.concat([finished, pruned], ignore_index=True).dropna(subset=["accuracy"])


def _draw(frame: Frame, table: pd.DataFrame, metric: str) -> go.Figure:
    others = frame.searched[1:]
    columns = min(len(others), COLUMNS)
    rows = -(-len(others) // columns)
    plot = make_subplots(rows, columns, shared_yaxes=True, horizontal_spacing=0.05, vertical_spacing=0.2 / rows)
    finished, pruned = table[table["state"] == "COMPLETE"], table[table["state"] == "PRUNED"]
    for index, path in enumerate(others):
        place = {"row": index // columns + 1, "col": index % columns + 1}
        if len(pruned):
            plot.add_trace(pruned_trials(_cells(pruned[path]), pruned["accuracy"], pruned), **place)
        plot.add_trace(
            go.Scatter(
                x=_cells(finished[path]),
                y=finished["accuracy"],
                mode="markers",
                marker={"color": style.TRANSFER, "size": 7, "opacity": 0.75, "line": {"color": "white", "width": 0.5}},
                name="finished trial",
                customdata=finished[["label", "trial"]],
                hovertemplate="%{customdata[0]}<br>%{y:.3f} (trial %{customdata[1]})<extra></extra>",
            ),
            **place,
        )
        plot.update_xaxes(title_text=in_words(path), type=axis_type(frame, path), **place)
    plot.update_yaxes(title_text=f"{in_words(metric)} (fraction correct)", col=1)
    return style.styled(plot, height=120 + 280 * rows)


def _cells(values: pd.Series) -> pd.Series:
    """Numbers as they are, categories (booleans among them) as text, so that they make an axis of names."""
    is_number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    return values if is_number else values.astype(str)
