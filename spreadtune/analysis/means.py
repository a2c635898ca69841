"""Means over seeds, of settings and of floors and ceiling, which texts, tables and figures share."""

from typing import Literal

import pandas as pd

from spreadtune.analysis.frame import ALPHA, Frame
from spreadtune.analysis.statistics import half_widths, interval

REFERENCES = {
    "ceiling": "trained on fine labels (ceiling)",
    "raw_pixels": "raw pixels (floor)",
    "random_encoder": "random encoder (floor)",
}


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


def reference_means(references: pd.DataFrame, metric: str, *, part: Literal["", "test."] = "") -> pd.DataFrame:
    """Floors and ceiling of a metric over the seeds that finished, on validation images or the test split: columns
    reference, mean, half_width, n."""
    rows, finished = [], references[references["state"] == "COMPLETE"]
    for name, words in REFERENCES.items():
        column = f"{part}{name}.{metric}"
        if column in finished and finished[column].notna().any():
            found = interval(finished[column])
            rows.append((words, found.mean, found.half_width, found.n))
    return pd.DataFrame(rows, columns=["reference", "mean", "half_width", "n"])


def x_values(frame: Frame, table: pd.DataFrame) -> pd.Series:
    """The main parameter of each row of ``frame.means``, ``frame.finished`` or ``frame.pruned``."""
    if frame.x != "variant":
        return table[frame.x]
    return table["variant"] if "variant" in table else table.index.get_level_values("variant").to_series(table.index)
