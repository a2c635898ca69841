"""Means of settings over seeds, which texts, tables and figures share."""

import pandas as pd

from spreadtune.analysis.frame import ALPHA, Frame
from spreadtune.analysis.statistics import half_widths


def setting_means(frame: Frame, metrics: list[str]) -> pd.DataFrame:
    """Mean and half-width over seeds for each setting with finished trials.

    Returns:
        Columns variant, setting, n, x, alpha, label, group, line, scheme, and METRIC, METRIC.half_width for each
        metric.
    """
    means = frame.means
    table = means[["n", "label", "group", "line", "scheme"]].copy()
    table.insert(1, "x", x_values(frame, means))
    table.insert(2, "alpha", means[ALPHA])
    for metric in metrics:
        if f"metric.{metric}" in means:
            table[metric] = means[f"metric.{metric}"]
            table[f"{metric}.half_width"] = half_widths(frame.trials, metric).reindex(table.index)
    return table.reset_index().sort_values(["group", "x"], ignore_index=True)


def x_values(frame: Frame, table: pd.DataFrame) -> pd.Series:
    """The main parameter of each row of ``frame.means``, ``frame.finished`` or ``frame.pruned``."""
    if frame.x != "variant":
        return table[frame.x]
    return table["variant"] if "variant" in table else table.index.get_level_values("variant").to_series(table.index)
