"""Intervals over repetitions: Student t, 95%, and never from fewer than three.

A repetition is one seed: data order, initialization and views are drawn anew, the data split is not. So the intervals
speak of training again on the same data.
"""

import math
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pandas as pd
from scipy import stats

from spreadtune.search.results.selection import SETTING, completed

CONFIDENCE = 0.95
LEAST_REPETITIONS = 3


@dataclass(frozen=True)
class Interval:
    """``mean`` +- ``half_width`` over ``n`` repetitions; ``half_width`` is NaN below three repetitions."""

    mean: float
    half_width: float
    n: int

    @property
    def known(self) -> bool:
        """Whether there are enough repetitions for an interval."""
        return not math.isnan(self.half_width)

    @property
    def excludes_zero(self) -> bool:
        """As :func:`excludes_zero`."""
        return excludes_zero(self.mean, self.half_width)


def excludes_zero(mean: float, half_width: float) -> bool:
    """Whether 0 lies outside of the interval; False where there is none."""
    return abs(mean) > half_width


def interval(values: Iterable[float]) -> Interval:
    """The Student t interval of the mean: half-width t(0.975, n - 1) s / sqrt(n), s with n - 1.

    That is the interval of SciPy's t test of one sample. Missing values are left out. Without any value the mean is
    NaN and n is 0.
    """
    sample = pd.Series(list(values), dtype=float).dropna()
    n = len(sample)
    if n < LEAST_REPETITIONS:
        return Interval(float(sample.mean()), math.nan, n)
    with equal_values_allowed():
        return Interval(float(sample.mean()), half_width(stats.ttest_1samp(sample, 0.0)), n)


def half_width(test: Any) -> float:
    """Half the width of the confidence interval of one of SciPy's t tests."""
    low, high = test.confidence_interval(CONFIDENCE)
    return float(high - low) / 2


@contextmanager
def equal_values_allowed() -> Iterator[None]:
    """Without SciPy's warning about values that are all equal, as accuracies on few images are: an interval of no width
    is right for them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Precision loss occurred", RuntimeWarning)
        yield


def half_widths(trials: pd.DataFrame, metric: str) -> pd.Series:
    """The half-width of each setting's interval, indexed by (variant, setting); NaN below three repetitions."""
    column = f"metric.{metric}"
    done = completed(trials)
    if column not in done or done.empty:
        return pd.Series(dtype=float)
    return done.groupby(SETTING)[column].agg(lambda values: interval(values).half_width).astype(float)
