"""The Pareto front of a study that optimizes several metrics, in numbers."""

import pandas as pd

from spreadtune.analysis.frame import Frame
from spreadtune.analysis.means import setting_means
from spreadtune.search.results.pareto import losses, on_front
from spreadtune.search.results.selection import SETTING


def front_points(frame: Frame) -> pd.DataFrame:
    """Every finished setting and its place: what :func:`setting_means` gives of the optimized metrics, and more.

    Returns:
        Beside it ``violation``, by how much the bounds are broken, ``lucky``, whether it has one seed where racing has
        repeated settings, and ``front``: it keeps the bounds and may not have been lucky, and no other such setting is
        nowhere worse and somewhere better. Empty where one metric is optimized, or where an optimized one was never
        measured.
    """
    metrics = [goal.metric for goal in frame.objectives]
    if len(metrics) < 2 or frame.means.empty or not all(map(frame.column, metrics)):
        return pd.DataFrame()
    table = setting_means(frame, metrics).dropna(subset=metrics).reset_index(drop=True)
    chosen = {found.key: found for found in frame.choice.settings}
    found = [chosen[key] for key in table[SETTING].itertuples(index=False, name=None)]
    table["violation"] = [each.violation for each in found]
    table["lucky"] = pd.Series([each.lucky for each in found], dtype=bool)
    kept = (table["violation"] == 0) & ~table["lucky"]
    table["front"] = False
    table.loc[kept, "front"] = on_front(losses(table.loc[kept, metrics].to_numpy(dtype=float), frame.objectives))
    return table


def front_table(frame: Frame) -> pd.DataFrame:
    """The settings on the front, the best in the first metric first: setting, n, each metric and its half-width."""
    table = front_points(frame)
    if table.empty:
        return table
    metrics = [goal.metric for goal in frame.objectives]
    rows = table[table["front"]].sort_values(metrics[0], ascending=frame.objectives[0].direction == "minimize")
    named = rows.rename(columns={"label": "setting", "setting": "number"})
    columns = [column for metric in metrics for column in (metric, f"{metric}.half_width")]
    shown: pd.DataFrame = named[["setting", "n", *columns]].dropna(axis="columns", how="all")
    return shown.reset_index(drop=True)
