"""The Pareto front of a study that optimizes several metrics, as the report's table has it."""

import pandas as pd

from spreadtune.analysis.figures.front import numbers
from spreadtune.analysis.frame import Frame


def front_table(frame: Frame) -> pd.DataFrame:
    """The settings on the front, the best in the first metric first: setting, n, each metric and its half-width."""
    table = numbers(frame)
    if table.empty:
        return table
    metrics = [goal.metric for goal in frame.objectives]
    rows = table[table["front"]].sort_values(metrics[0], ascending=frame.objectives[0].direction == "minimize")
    named = rows.rename(columns={"label": "setting", "setting": "number"})
    columns = [column for metric in metrics for column in (metric, f"{metric}.half_width")]
    shown: pd.DataFrame = named[["setting", "n", *columns]].dropna(axis="columns", how="all")
    return shown.reset_index(drop=True)
