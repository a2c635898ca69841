"""Accuracy against spread, setting by setting."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from spreadtune.analysis.compare.figures.marks import bars, is_measured, marker
from spreadtune.analysis.figures import style
from spreadtune.analysis.figures.figure import ReportFigure
from spreadtune.analysis.words import in_words


def tradeoff(settings: pd.DataFrame, names: Mapping[str, str], metric: str) -> ReportFigure | None:
    """Each setting's accuracy over its spread."""
    if not (is_measured(settings, "spread") and is_measured(settings, metric)):
        return None
    table = settings.dropna(subset=["metric.spread", f"metric.{metric}"]).sort_values(["run", "metric.spread"])
    plot = go.Figure()
    for letter, rows in table.groupby("run", sort=False):
        plot.add_trace(
            go.Scatter(
                x=rows["metric.spread"],
                y=rows[f"metric.{metric}"],
                mode="markers",
                marker=marker(str(letter), size=[13 if best else 8 for best in rows["best"]]),
                error_x=bars(rows, "spread"),
                error_y=bars(rows, metric),
                name=names[str(letter)],
                text=rows["label"],
                hovertemplate="%{text}<br>spread %{x:.3f}, %{y:.3f}",
            )
        )
    plot.update_xaxes(title_text="spread on validation images (1 − cosine)")
    plot.update_yaxes(title_text=f"{in_words(metric)} (fraction correct)")
    kept = ["run", "label", "n", *(f"metric.{name}{end}" for name in ("spread", metric) for end in ("", ".half_width"))]
    return ReportFigure(
        name="tradeoff",
        title=f"{in_words(metric).capitalize()} against spread",
        caption="A marker is the mean of a setting, with its intervals where they are known; a run's best is large.",
        numbers=table[kept],
        plot=style.styled(plot),
    )
