"""Tables that several figures are drawn from."""

import pandas as pd

from spreadtune.analysis.frame import ALPHA, Frame
from spreadtune.analysis.statistics import LEAST_REPETITIONS, half_widths
from spreadtune.analysis.words import in_words
from spreadtune.spec.domain import Domain


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


def x_title(frame: Frame) -> str:
    """The main parameter in words, for an axis."""
    return "alpha, weight of class-conditional InfoNCE" if frame.x == ALPHA else in_words(frame.x)


def axis_type(frame: Frame, path: str) -> str | None:
    """``log`` where the study searches ``path`` on a logarithmic scale; else None: Plotly's own choice.

    Alpha is never logarithmic, nor is a path that is zero or below in some setting, which would have no place.
    """
    if path == ALPHA or not any(_logarithmic(domain) for domain in frame.domains.get(path, [])):
        return None
    return "log" if (frame.settings[path].dropna() > 0).all() else None


def _logarithmic(domain: Domain) -> bool:
    """Of listed values: are they positive numbers over more than a factor of 8?"""
    if domain.kind not in ("grid", "choice"):
        return domain.kind == "log_uniform"
    values = [value for value in domain.corners() if not isinstance(value, bool | str)]
    return len(values) == len(domain.corners()) and min(values) > 0 and max(values) > 8 * min(values)


def repetitions(table: pd.DataFrame) -> str:
    """How many seeds stand behind a table's settings, which interval is drawn, and what has no place on the axis."""
    elsewhere = table.loc[table["x"].isna(), "label"]
    missing = f" Not on this axis: {', '.join(elsewhere)}." if len(elsewhere) else ""
    if table["n"].max() == 1:
        return f"One trial a setting, so there is no interval.{missing}"
    return f"Large markers are means over seeds ({seeds_behind(table)}), small dots single trials.{missing}"


def seeds_behind(table: pd.DataFrame) -> str:
    """How many seeds a table's settings have and whether that gives intervals: ``n = 3; bars are ... intervals``."""
    low, high = int(table["n"].min()), int(table["n"].max())
    seeds = f"n = {low}" if low == high else f"n = {low} to {high}"
    enough = high >= LEAST_REPETITIONS
    return f"{seeds}; {'bars are 95% Student t intervals' if enough else 'too few for an interval, so none is drawn'}"
