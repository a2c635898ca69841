"""One look for every figure; a color means one thing throughout (Okabe and Ito's, safe for color blindness)."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from spreadtune.spec.metrics import Metric

TRAIN_SPREAD = "#0072B2"
VALIDATION_SPREAD = "#56B4E9"
PREDICTION = "#333333"
WINDOW = "rgba(240, 228, 66, 0.22)"
TRANSFER = "#D55E00"
CLASS = "#007A58"
GROUPS = "#9A4A8B"
PRUNED = "#8A8A8A"
REFERENCE = "#555555"
FAINT = 0.35
VARIANTS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
ALPHA_SCALE = "Cividis"

DASHES = ("dash", "dot", "dashdot")
"""One for each floor and the ceiling, so that the legend can name them: text at the lines would lie over the data."""

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "pentagon", "star")
MOST_LINES = len(SYMBOLS)

ROOM = 0.1
"""To each side of a value that is the only one on its axis."""

INK = "#1c1c1c"
GRID = "#e6e4df"
FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"


def styled(figure: go.Figure, height: int = 420) -> go.Figure:
    """White ground, thin grid, one legend above in which every name stands once; the width follows the page."""
    named: set[str] = set()
    for trace in figure.data:
        if trace.showlegend is not False:
            trace.showlegend = bool(trace.name) and trace.name not in named
            named.add(trace.name)
    figure.update_layout(
        template="plotly_white",
        height=height,
        paper_bgcolor="rgba(0, 0, 0, 0)",
        margin={"l": 64, "r": 24, "t": 64, "b": 56},
        font={"family": FONT, "size": 13, "color": INK},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.08, "yanchor": "bottom", "font": {"size": 12}},
        hoverlabel={"font": {"family": FONT, "size": 12}},
    )
    axis = {"gridcolor": GRID, "linecolor": INK, "showline": True, "zeroline": False, "ticks": "outside"}
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    _room_around_one_value(figure)
    return figure


def _room_around_one_value(figure: go.Figure) -> None:
    """Around a single value Plotly would show 1 to each side, so that 0.98 stood in an axis from 0 to 2."""
    for letter in ("x", "y"):
        for axis in figure.select_xaxes() if letter == "x" else figure.select_yaxes():
            name = axis.plotly_name.replace("axis", "")
            traces = [trace for trace in figure.data if (getattr(trace, f"{letter}axis", None) or letter) == name]
            values = {value for trace in traces for value in _numbers(getattr(trace, letter, None))}
            if len(values) == 1 and axis.range is None and axis.type in (None, "linear"):
                (value,) = values
                axis.range = [value - ROOM, value + ROOM]


def _numbers(values: Any) -> list[float]:
    """The finite ones; none of an axis of names."""
    found = pd.to_numeric(pd.Series([] if values is None else list(values), dtype=object), errors="coerce")
    return [float(value) for value in found.dropna() if abs(value) != float("inf")]


def color_axis(title: str, values: pd.Series) -> dict[str, Any]:
    """The color scale of a parameter over all its values, so that a value has one color in every figure."""
    return {
        "colorscale": ALPHA_SCALE,
        "cmin": values.min(),
        "cmax": values.max(),
        "colorbar": {"title": {"text": title}, "thickness": 12},
    }


def color_of(value: float, values: pd.Series) -> str:
    """The color of ``value`` on that scale, for marks that Plotly cannot color by number, such as lines."""
    low, high = float(values.min()), float(values.max())
    (color,) = sample_colorscale(ALPHA_SCALE, [(value - low) / (high - low) if high > low else 0.5])
    return str(color)


def accuracy_color(metric: Metric) -> str:
    """Of an accuracy, by which labels it asks for."""
    if metric.needs_groups:
        return GROUPS
    return TRANSFER if metric.needs_subclasses else CLASS


def spread_line(metric: Metric) -> dict[str, str]:
    """Color and dash of a spread, by whose images it is."""
    on_train = metric.part == "train"
    return {"color": TRAIN_SPREAD if on_train else VALIDATION_SPREAD, "dash": "solid" if on_train else "dot"}


def variant_colors(names: list[str]) -> dict[str, str]:
    """One color for each variant; beyond six they repeat, and the hover text tells them apart."""
    return {name: VARIANTS[index % len(VARIANTS)] for index, name in enumerate(sorted(names))}


def symbol_of(names: list[str]) -> dict[str, str]:
    """One marker for each name; beyond six they repeat, and the hover text tells them apart."""
    return {name: SYMBOLS[index % len(SYMBOLS)] for index, name in enumerate(sorted(names))}
