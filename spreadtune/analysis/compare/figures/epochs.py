"""How the best settings learn."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from spreadtune.analysis.compare.compared_run import ComparedRun
from spreadtune.analysis.compare.figures.marks import color_of, marker
from spreadtune.analysis.figures import style
from spreadtune.analysis.figures.figure import ReportFigure
from spreadtune.analysis.words import in_words
from spreadtune.spec.metrics import drawn_in


def epochs(sides: Sequence[ComparedRun], names: Mapping[str, str]) -> ReportFigure | None:
    """kNN accuracy of each run's best setting, epoch by epoch."""
    metric = next((each.name for each in drawn_in("epochs") if _reported(sides, each.name)), None)
    if metric is None:
        return None
    tables = {side.letter: _curves(side, metric) for side in sides}
    plot = go.Figure()
    for letter, table in tables.items():
        color = color_of(letter)
        for _, rows in table.groupby("seed"):
            plot.add_trace(
                go.Scatter(
                    x=rows["epoch"], y=rows["value"], mode="lines", line={"color": color, "width": 0.8},
                    opacity=0.4, showlegend=False, hoverinfo="skip",
                )
            )  # fmt: skip
        mean = table.groupby("epoch")["value"].mean()
        plot.add_trace(
            go.Scatter(
                x=mean.index, y=mean, mode="lines+markers", line={"color": color, "width": 2},
                marker=marker(letter, size=6), name=names[letter], hovertemplate="epoch %{x}: %{y:.3f}",
            )
        )  # fmt: skip
    plot.update_xaxes(title_text="epoch")
    plot.update_yaxes(title_text=f"{in_words(metric)} (fraction correct)")
    return ReportFigure(
        name="epochs",
        title=f"{in_words(metric)} of the best settings over epochs",
        caption="Thick lines are means over the finished trials of a run's best setting, thin ones those trials.",
        numbers=pd.concat([table.assign(run=letter) for letter, table in tables.items()])[
            ["run", "seed", "epoch", "value"]
        ],
        plot=style.styled(plot),
    )


def _curves(side: ComparedRun, metric: str) -> pd.DataFrame:
    finished = side.frame.finished
    best = finished[(finished["variant"] == side.best[0]) & (finished["setting"] == side.best[1])]
    history = side.frame.history
    column = f"metric.{metric}"
    table = history.loc[history["trial"].isin(best["trial"]), ["seed", "epoch", column]]
    return table.rename(columns={column: "value"}).dropna().sort_values(["seed", "epoch"], ignore_index=True)


def _reported(sides: Sequence[ComparedRun], metric: str) -> bool:
    column = f"metric.{metric}"
    return all(
        column in side.frame.history and _curves(side, metric).groupby("seed").size().max() > 1 for side in sides
    )
