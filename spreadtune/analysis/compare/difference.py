"""Differences of means: paired over shared seeds, else of two independent samples (Welch)."""

import math
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from scipy import stats

from spreadtune.analysis.statistics import LEAST_REPETITIONS, equal_values_allowed, excludes_zero, half_width, interval
from spreadtune.analysis.words import count


@dataclass(frozen=True)
class Difference:
    """A mean of one minus a mean of the other.

    Attributes:
        mean: the difference.
        half_width: of its 95% interval; NaN below three seeds, of either where they are not paired.
        method: ``paired`` (Student t over differences at shared seeds) or ``unpaired`` (Welch).
        n: how many seeds one and the other have; the shared ones where they are paired.
    """

    mean: float
    half_width: float
    method: Literal["paired", "unpaired"]
    n: tuple[int, int]

    @property
    def known(self) -> bool:
        """Whether there are enough seeds for an interval."""
        return not math.isnan(self.half_width)

    @property
    def verdict(self) -> str:
        """Whether the interval has 0 in it, in words."""
        if not self.known:
            return "no interval"
        return "excludes 0" if excludes_zero(self.mean, self.half_width) else "includes 0"

    @property
    def repetitions(self) -> str:
        """``3 shared seeds``, or ``3 and 5 seeds, unpaired``."""
        if self.method == "paired":
            return count(self.n[0], "shared seed")
        return f"{self.n[0]} and {count(self.n[1], 'seed')}, unpaired"


def difference(one: "pd.Series[float]", other: "pd.Series[float]", *, paired: bool) -> Difference:
    """``one`` minus ``other``, both by seed index.

    Paired where they may be and share a seed: random streams are shared then, so differences vary less than values.
    """
    shared = (one - other).dropna()
    if paired and len(shared):
        found = interval(shared)
        return Difference(found.mean, found.half_width, "paired", (found.n, found.n))
    return welch(one.dropna(), other.dropna())


def welch(one: "pd.Series[float]", other: "pd.Series[float]") -> Difference:
    """The interval of a difference of independent means with variances of their own.

    Half-width t(0.975, nu) sqrt(a + b) with a = s_1^2 / n_1, b = s_2^2 / n_2 and Satterthwaite's
    nu = (a + b)^2 / (a^2 / (n_1 - 1) + b^2 / (n_2 - 1)); Welch, Biometrika 34 (1947), 28-35.
    """
    n = (len(one), len(other))
    mean = float(one.mean() - other.mean())
    if min(n) < LEAST_REPETITIONS:
        return Difference(mean, math.nan, "unpaired", n)
    with equal_values_allowed():
        return Difference(mean, half_width(stats.ttest_ind(one, other, equal_var=False)), "unpaired", n)
