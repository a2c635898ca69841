"""Marks that several figures share."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from spreadtune.analysis.figures import style


def means_with_intervals(
    table: pd.DataFrame, metric: str, color: str, name: str, *, symbol: str, dash: str, connect: bool
) -> go.Scatter:
    """Setting means over the main parameter, with the half-widths that are known as bars."""
    return go.Scatter(
        x=table["x"],
        y=table[metric],
        error_y={"type": "data", "array": table[f"{metric}.half_width"], "thickness": 1.2, "width": 3},
        mode="lines+markers" if connect else "markers",
        line={"color": color, "width": 1.6, "dash": dash},
        marker={"color": color, "size": 8, "symbol": symbol, "line": {"color": "white", "width": 1}},
        name=name,
        legendgroup=name,
        customdata=table[["label", "n"]],
        hovertemplate="%{customdata[0]}<br>%{y:.3f} (n = %{customdata[1]})",
    )


def single_trials(table: pd.DataFrame, x: pd.Series, y: str, color: str) -> go.Scatter:
    """One faint dot a trial."""
    return go.Scatter(
        x=x,
        y=table[y],
        mode="markers",
        marker={"color": color, "size": 4, "opacity": 0.45},
        showlegend=False,
        customdata=table[["label", "trial"]],
        hovertemplate="%{customdata[0]}<br>%{y:.3f} (trial %{customdata[1]})<extra></extra>",
    )


def pruned_trials(x: pd.Series, y: pd.Series, table: pd.DataFrame, **marker: Any) -> go.Scatter:
    """Trials that were stopped early, hollow: what they show is their last evaluated epoch."""
    return go.Scatter(
        x=x,
        y=y,
        mode="markers",
        marker={"color": style.PRUNED, "size": 7, "symbol": "circle-open", "line": {"width": 1.2}, **marker},
        name="stopped early (kNN accuracy, last epoch)",
        legendgroup="pruned",
        customdata=table[["label", "trial", "epoch"]],
        hovertemplate="%{customdata[0]}<br>%{y:.3f} (trial %{customdata[1]}, epoch %{customdata[2]})<extra></extra>",
    )


def reference_line(x: list[Any], row: pd.Series, dash: str) -> list[go.Scatter]:
    """A horizontal line over the axis, and a thin whisker at its right end for its interval where there is one."""
    line = go.Scatter(
        x=x,
        y=[row["mean"]] * len(x),
        mode="lines",
        line={"color": style.REFERENCE, "width": 1.2, "dash": dash},
        name=row["reference"],
        hovertemplate=f"{row['reference']}<br>%{{y:.3f}} (n = {row['n']})<extra></extra>",
    )
    if pd.isna(row["half_width"]):
        return [line]
    bar = {"type": "data", "array": [row["half_width"]], "thickness": 1, "width": 3, "color": style.REFERENCE}
    # A point of its own: along the line, Plotly would draw a bar of no height at the left end too.
    whisker = go.Scatter(
        x=x[-1:],
        y=[row["mean"]],
        error_y=bar,
        mode="markers",
        marker={"opacity": 0},
        showlegend=False,
        hoverinfo="skip",
    )
    return [line, whisker]


def grouped_means(
    table: pd.DataFrame, metric: str, color: str, name: str, dash: str, *, by: str, groups: list[str]
) -> list[go.Scatter]:
    """A line of setting means for each group of settings; one cloud of points where there are too many groups.

    Args:
        table: settings as :func:`setting_means` gives them.
        metric: the column to draw.
        color: what the metric is drawn in.
        name: the metric in words, for the legend; empty where the panel says it.
        dash: the line's.
        by: the column that groups.
        groups: all groups of the figure, so that a group looks the same in every panel.
    """
    if len(groups) > style.MOST_LINES:
        return [means_with_intervals(table, metric, color, name, symbol="circle", dash=dash, connect=False)]
    return [
        means_with_intervals(
            table[table[by] == group],
            metric,
            color,
            ": ".join(part for part in (name, group if len(groups) > 1 else "") if part),
            symbol=symbol,
            dash=dash,
            connect=True,
        )
        for group, symbol in style.symbol_of(groups).items()
        if (table[by] == group).any()
    ]
