"""Metrics against every parameter that any of the runs searches."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from spreadtune.analysis.compare.compared_run import ComparedRun
from spreadtune.analysis.compare.figures.marks import bars, color_of, is_measured, marker
from spreadtune.analysis.compare.settings import searched
from spreadtune.analysis.figures import style
from spreadtune.analysis.figures.axes import axis_type
from spreadtune.analysis.figures.figure import ReportFigure
from spreadtune.analysis.words import in_words

_COLUMNS = 2


def over_parameters(
    sides: Sequence[ComparedRun], settings: pd.DataFrame, names: Mapping[str, str], metrics: Sequence[str], name: str
) -> ReportFigure | None:
    """Setting means over each parameter that any run searches; a row of panels for each metric that was measured."""
    paths, measured = searched(sides), [metric for metric in metrics if is_measured(settings, metric)]
    if not paths or not measured:
        return None
    panels = [(metric, path) for metric in measured for path in paths]
    columns = min(len(panels), _COLUMNS)
    rows = -(-len(panels) // columns)
    plot = make_subplots(rows, columns, horizontal_spacing=0.1, vertical_spacing=0.28 / rows)
    for index, (metric, path) in enumerate(panels):
        place = {"row": index // columns + 1, "col": index % columns + 1}
        for side in sides:
            for trace in _means(settings, side.letter, path, metric, names[side.letter]):
                plot.add_trace(trace, **place)
        plot.update_xaxes(title_text=in_words(path), type=_axis(sides, settings, path), **place)
        plot.update_yaxes(title_text=in_words(metric), **place)
    shown = " and ".join(in_words(metric) for metric in measured)
    parameters = ", ".join(in_words(path) for path in paths)
    kept = ["run", "label", "n", *(f"param.{path}" for path in paths)]
    kept += [f"metric.{metric}{end}" for metric in measured for end in ("", ".half_width")]
    return ReportFigure(
        name=name,
        title=f"{shown.capitalize()} against {parameters}",
        caption="Markers are means over the seeds of a setting, bars their 95% Student t intervals where there are "
        "three seeds or more. A line connects settings of a run that differ in this parameter alone.",
        numbers=settings[kept],
        plot=_styled(plot, height=120 + 300 * rows),
    )


def _styled(plot: go.Figure, height: int) -> go.Figure:
    """The legend stands as far above a tall figure as above others."""
    style.styled(plot, height)
    return plot.update_layout(legend={"y": 1 + 24 / (height - 120)})


def _means(settings: pd.DataFrame, letter: str, path: str, metric: str, name: str) -> list[go.Scatter]:
    column = f"param.{path}"
    rows = settings[settings["run"] == letter].dropna(subset=[column, f"metric.{metric}"]).sort_values(column)
    others = [str(other) for other in rows if str(other).startswith("param.") and other != column]
    groups = [group for _, group in rows.groupby(["variant", *others], dropna=False)] if len(rows) else []
    connect = len(rows) > 1 and len(groups) <= style.MOST_LINES
    parts = groups if connect else [rows] if len(rows) else []
    return [
        go.Scatter(
            x=part[column] if pd.api.types.is_numeric_dtype(part[column]) else part[column].astype(str),
            y=part[f"metric.{metric}"],
            error_y=bars(part, metric),
            mode="lines+markers" if connect else "markers",
            line={"width": 1.6, "color": color_of(letter)},
            marker=marker(letter, size=8),
            name=name,
            legendgroup=name,
            customdata=part[["label", "n"]],
            hovertemplate="%{customdata[0]}<br>%{y:.3f} (n = %{customdata[1]})",
        )
        for part in parts
    ]


def _axis(sides: Sequence[ComparedRun], settings: pd.DataFrame, path: str) -> str | None:
    """Logarithmic where a run searches it so and no run has it at zero."""
    values = pd.to_numeric(settings[f"param.{path}"], errors="coerce").dropna()
    asked = [axis_type(side.frame, path) for side in sides if path in side.frame.settings]
    return "log" if "log" in asked and (values > 0).all() else None
