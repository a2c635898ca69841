"""What the best setting gains over SupCon, in sentences: over the best SupCon first, then over the one beside it."""

import math

import pandas as pd

from spreadtune.analysis.baseline import NO_BASELINE, WITHOUT_WEIGHTS, best_supcon, equal_supcons, supcon_settings
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.gains import CLASS, gains
from spreadtune.analysis.method import method, method_with_scheme
from spreadtune.analysis.setting import label_of, value_of
from spreadtune.analysis.statistics import excludes_zero
from spreadtune.analysis.words import count, p_value, signed
from spreadtune.search.results.choice import Setting
from spreadtune.spec.objective import SUPCON


def baseline_lines(frame: Frame, best: Setting) -> list[str]:
    """The comparison with SupCon, each difference with what it is a difference from."""
    baseline = best_supcon(frame)
    if baseline is None:
        return [_no_baseline(frame)]
    if baseline == best:
        return [f"That is SupCon itself ({_named(frame, best)}): no other setting did better."]
    table = gains(frame)
    row, compared = table.loc[[best]].iloc[0], int(table["gain.p_holm"].notna().sum())
    return [
        _over_best(frame, row, baseline, compared),
        _at_equal_values(frame, row, best, baseline),
        _cost(frame, row, best),
    ]


def _over_best(frame: Frame, row: pd.Series, baseline: Setting, compared: int) -> str:
    family = len(supcon_settings(frame))
    which = f"the best of {family} SupCon settings" if family > 1 else "the one SupCon setting"
    reached = value_of(frame, baseline, frame.metric)
    bounds = ", which does not keep what was asked" if _breaks_bounds(frame, baseline) else ""
    return (
        f"Against {which}{bounds} ({_named(frame, baseline)}: {reached}) {_difference(row, 'gain')}"
        f"{_corrected(row['gain.p_holm'], compared)}."
    )


def _at_equal_values(frame: Frame, row: pd.Series, best: Setting, baseline: Setting) -> str:
    equal = equal_supcons(frame).get(best)
    if equal is None:
        return f"No SupCon that has all else equal to it ({WITHOUT_WEIGHTS}) was trained."
    if equal == baseline:
        return "That SupCon has all else equal to it, so this is the difference at equal values, too."
    named = f"{label_of(frame, equal)}: {value_of(frame, equal, frame.metric)}"
    return f"Against the SupCon with all else equal ({named}) {_difference(row, 'equal_gain')}."


def _cost(frame: Frame, row: pd.Series, best: Setting) -> str:
    if frame.metric == CLASS or pd.isna(row["class_gain"]):
        return ""
    cost = signed(row["class_gain"], row["class_gain.half_width"])
    return f"Its class accuracy is {value_of(frame, best, CLASS)}; minus the best SupCon's in pairs {cost}."


def _difference(row: pd.Series, name: str) -> str:
    """``the paired difference is +0.049 +- 0.004 (3 shared seeds); the interval excludes 0``."""
    mean, width, n = row[name], row[f"{name}.half_width"], int(row[f"{name}.n"])
    if n == 0:
        return "there is no paired difference: the two share no finished seed"
    if pd.isna(width):
        return f"the paired difference is {signed(mean)} ({count(n, 'shared seed')}: no interval)"
    verdict = "excludes" if excludes_zero(mean, width) else "does not exclude"
    return f"the paired difference is {signed(mean, width)} ({count(n, 'shared seed')}); the interval {verdict} 0"


def _corrected(p: float, compared: int) -> str:
    """What is left of it, since the best of many is partly the luckiest."""
    if math.isnan(p):
        return ""
    holm = f" after Holm's correction for the {compared} settings compared with it" if compared > 1 else ""
    return f", p {p_value(p)}{holm}"


def _breaks_bounds(frame: Frame, setting: Setting) -> bool:
    columns = {f"metric.{name}": name for name in frame.selection.metrics}
    means = frame.means.reindex(columns=list(columns)).loc[[setting]].iloc[0].dropna()
    return frame.selection.violation({columns[str(column)]: float(mean) for column, mean in means.items()}) > 0


def _named(frame: Frame, setting: Setting) -> str:
    """``alpha 0, temperature 0.1; pairs cross_view, denominator negatives``; a label that names the scheme as it is."""
    label, scheme = label_of(frame, setting), method_with_scheme(frame.specs[setting])
    alone = scheme.startswith(f"{SUPCON} (")
    return label if "pairs " in label else f"{label}; {scheme[len(SUPCON) + 2 : -1] if alone else scheme}"


def _no_baseline(frame: Frame) -> str:
    named = sorted({method(spec) for key, spec in frame.specs.items() if key in frame.means.index})
    near = [name for name in named if name.startswith(SUPCON)]
    return f"{NO_BASELINE} What has alpha 0 is {near[0]}." if near else NO_BASELINE
