"""A figure of the report: what it shows, in numbers and drawn."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go


@dataclass(frozen=True)
class ReportFigure:
    """One figure.

    Attributes:
        name: short and safe for an HTML id.
        title: what it shows, in words.
        caption: what is seen, how many repetitions, which interval.
        numbers: what is drawn, as a table.
        plot: the drawing.
    """

    name: str
    title: str
    caption: str
    numbers: pd.DataFrame
    plot: go.Figure
