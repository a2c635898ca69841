"""Every setting against SupCon: the best one of the run, and the one that has all else in common with it."""

import math

import pandas as pd

from spreadtune.analysis.baseline import best_supcon, equal_supcons, supcon_settings
from spreadtune.analysis.by_seed import paired_settings
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.paired import Paired, holm
from spreadtune.search.results.choice import Setting

CLASS = "class_accuracy"


def gains(frame: Frame) -> pd.DataFrame:
    """Paired differences over shared seeds, one row a finished setting.

    The p-values are those of paired t tests against the best SupCon, corrected after Holm for all settings that are
    compared with it: the best of many is partly the luckiest. SupCon's own settings are no part of that family.

    Returns:
        Indexed by (variant, setting): ``supcon`` (whether it is SupCon alone); ``gain``, ``gain.half_width``,
        ``gain.n``, ``gain.p`` and ``gain.p_holm``, the optimized metric minus that of the best SupCon; ``equal_gain``,
        ``equal_gain.half_width``, ``equal_gain.n``, minus that of the SupCon with all else equal; ``class_gain``,
        ``class_gain.half_width``, ``class_gain.n``, the class accuracy minus the best SupCon's. Empty cells where there
        is no such SupCon, where a setting is the SupCon itself, and below three shared seeds for what is no mean.
    """
    best, equals, family = best_supcon(frame), equal_supcons(frame), set(supcon_settings(frame))
    rows = {}
    for setting in frame.means.index:
        gain = against(frame, setting, best, frame.metric)
        equal = against(frame, setting, equals.get(setting), frame.metric)
        cost = against(frame, setting, best, CLASS)
        row = {"supcon": setting in family, **_cells("gain", gain), "gain.p": gain.p if gain else math.nan}
        rows[setting] = row | _cells("equal_gain", equal) | _cells("class_gain", cost)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=_COLUMNS)
    table.index = frame.means.index
    compared = table["gain.p"].where(~table["supcon"].astype(bool))
    table["gain.p_holm"] = holm(list(compared))
    return table


_DIFFERENCES = ("gain", "equal_gain", "class_gain")
_COLUMNS = ["supcon", *(f"{name}{part}" for name in _DIFFERENCES for part in ("", ".half_width", ".n")), "gain.p"]


def against(frame: Frame, setting: Setting, other: Setting | None, metric: str) -> Paired | None:
    """One setting minus another over the seeds that both have finished; None where there is nothing to compare."""
    if other is None or other == setting or not frame.column(metric):
        return None
    found = paired_settings(frame.finished, setting, other, f"metric.{metric}")
    return found if found.difference.n else None


def _cells(name: str, found: Paired | None) -> dict[str, float]:
    if found is None:
        return {name: math.nan, f"{name}.half_width": math.nan, f"{name}.n": 0}
    difference = found.difference
    return {name: difference.mean, f"{name}.half_width": difference.half_width, f"{name}.n": difference.n}
