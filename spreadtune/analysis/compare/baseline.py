"""Every run's best setting beside the best SupCon of all the runs, and beside the SupCon of its own values."""

from collections.abc import Sequence

import pandas as pd

from spreadtune.analysis.baseline import WITHOUT_WEIGHTS, best_supcon, equal_supcons
from spreadtune.analysis.compare.compared_run import ComparedRun
from spreadtune.analysis.compare.compatible import pairs_up
from spreadtune.analysis.compare.difference import Difference, difference
from spreadtune.analysis.gains import against
from spreadtune.analysis.method import method_with_scheme
from spreadtune.analysis.statistics import interval
from spreadtune.analysis.words import measured, signed
from spreadtune.search.results.choice import Setting

Baseline = tuple[ComparedRun, Setting]


def best_supcon_of_all(sides: Sequence[ComparedRun]) -> Baseline | None:
    """The best among the best SupCons of the runs, by the first run's goal; None where no run has one."""
    goal = sides[0].frame.selection.goal
    found = [(side, setting) for side in sides if (setting := best_supcon(side.frame))]
    return min(found, key=lambda each: goal.loss(float(_values(*each).mean())), default=None)


def over_baseline(side: ComparedRun, baseline: Baseline) -> Difference | None:
    """A run's best setting minus that SupCon, paired where their seeds share random streams; None for itself."""
    if (side, side.best) == baseline:
        return None
    return difference(_values(side, side.best), _values(*baseline), paired=pairs_up(side, baseline[0]))


def at_equal_values(side: ComparedRun) -> str | None:
    """A run's best setting minus its SupCon with all else equal, ``+0.049 +- 0.004``; None where it has none."""
    equal = equal_supcons(side.frame).get(side.best)
    found = against(side.frame, side.best, equal, side.frame.metric)
    return signed(found.difference.mean, found.difference.half_width) if found else None


def baseline_line(sides: Sequence[ComparedRun]) -> str:
    """What the best setting of each run gains over the best SupCon of all runs first, then at equal values."""
    baseline = best_supcon_of_all(sides)
    if baseline is None:
        return f"There is no SupCon baseline in these runs: no finished setting has {WITHOUT_WEIGHTS}."
    side, setting = baseline
    found = interval(_values(*baseline))
    label, method = side.label(setting), method_with_scheme(side.frame.specs[setting])
    name = f"{side.letter}, {label}" if "pairs " in label else f"{side.letter}, {label}; {method}"
    over = "; ".join(f"{each.letter} {_told(over_baseline(each, baseline))}" for each in sides)
    equal = [f"{each.letter} {value}" for each in sides if (value := at_equal_values(each))]
    beside = f" At equal values, inside each run: {', '.join(equal)}." if equal else ""
    return (
        f"The best SupCon of all runs ({name}) reaches {measured(found.mean, found.half_width)}. Minus it, the best of "
        f"each: {over}.{beside}"
    )


def _told(found: Difference | None) -> str:
    """``+0.011 +- 0.004 (3 shared seeds)``."""
    return f"{signed(found.mean, found.half_width)} ({found.repetitions})" if found else "is that SupCon itself"


def _values(side: ComparedRun, setting: Setting) -> "pd.Series[float]":
    return side.by_seed(setting, side.frame.metric)
