"""Paired comparisons at shared seeds: difference, effect size, p-value, and Holm's correction of several."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from scipy import stats

from spreadtune.analysis.statistics import Interval, equal_values_allowed, interval


@dataclass(frozen=True)
class Paired:
    """One setting minus another over the seeds that both have.

    Attributes:
        difference: its mean with a 95% Student t interval.
        effect_size: Cohen's d_z, the mean difference in standard deviations of the differences.
        p: of a two-sided paired t test of no difference.

    The last two are NaN below three shared seeds, as the interval is.
    """

    difference: Interval
    effect_size: float
    p: float


def paired(one: pd.Series, other: pd.Series) -> Paired:
    """Compare values by seed; seeds that one of them lacks are left out.

    With differences d_1 ... d_n, their mean m and standard deviation s (n - 1)::

        d_z = m / s,     t = d_z sqrt(n),     p = 2 P(T_(n-1) > |t|)

    t and p are those of SciPy's ``ttest_rel``. Where all differences are equal, s is zero: d_z is infinite with the
    sign of m and p is 0, or 0 and 1 where m is zero too. d_z: Cohen (1988), section 2.3.5; it says how reliably one
    beats the other at equal seeds, not how large the gain is for a user.

    Args:
        one: values, indexed by seed.
        other: likewise.
    """
    shared = pd.concat([one, other], axis="columns", join="inner").astype(float).dropna()
    one, other = shared.iloc[:, 0], shared.iloc[:, 1]
    found = interval(one - other)
    if not found.known:
        return Paired(found, math.nan, math.nan)
    with equal_values_allowed():
        test = stats.ttest_rel(one, other)
    if math.isnan(test.statistic):  # 0 / 0
        return Paired(found, 0.0, 1.0)
    return Paired(found, float(test.statistic) / math.sqrt(found.n), float(test.pvalue))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjustment of the p-values of m comparisons, in their order.

    With p_(1) <= ... <= p_(m), the adjusted p_(i) is the largest of min(1, (m - j + 1) p_(j)) over j <= i. Rejecting
    what is below 0.05 is wrong anywhere in the family with probability 0.05 at most, however the tests depend on one
    another (Holm, 1979). A NaN stays one and does not count: that comparison was not made.
    """
    adjusted = [math.nan] * len(p_values)
    made = sorted((p, place) for place, p in enumerate(p_values) if not math.isnan(p))
    largest = 0.0
    for rank, (p, place) in enumerate(made):
        largest = max(largest, min(1.0, (len(made) - rank) * p))
        adjusted[place] = largest
    return adjusted
