"""Differences of means against their formulas."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from spreadtune.analysis.compare.difference import difference, welch

SAMPLES = st.lists(st.floats(-10, 10), min_size=3, max_size=12)


@settings(max_examples=50, deadline=None)
@given(SAMPLES, SAMPLES)
def test_unpaired_is_welchs_interval(one: list[float], other: list[float]) -> None:
    assume(stats.sem(one) > 1e-6 or stats.sem(other) > 1e-6)
    found = welch(pd.Series(one), pd.Series(other))
    n, m = len(one), len(other)
    a, b = np.var(one, ddof=1) / n, np.var(other, ddof=1) / m
    freedom = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (m - 1))
    assert found.mean == pytest.approx(np.mean(one) - np.mean(other), rel=1e-12, abs=1e-12)
    expected = stats.t.ppf(0.975, freedom) * math.sqrt(a + b)
    assert found.half_width == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert found.n == (n, m)


@settings(max_examples=50, deadline=None)
@given(SAMPLES, SAMPLES)
def test_paired_is_students_interval_over_shared_seeds(one: list[float], other: list[float]) -> None:
    n = min(len(one), len(other))
    differences = np.subtract(one[:n], other[:n])
    found = difference(pd.Series(one), pd.Series(other), paired=True)
    expected = stats.t.ppf(0.975, n - 1) * differences.std(ddof=1) / math.sqrt(n)
    assert found.mean == pytest.approx(differences.mean(), rel=1e-12, abs=1e-12)
    assert found.half_width == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert (found.method, found.n) == ("paired", (n, n))


def test_without_a_shared_seed_there_is_nothing_to_pair() -> None:
    one, other = pd.Series([0.5, 0.6], index=[0, 1]), pd.Series([0.4, 0.4, 0.4], index=[5, 6, 7])
    found = difference(one, other, paired=True)
    assert (found.method, found.n, found.known) == ("unpaired", (2, 3), False)
    assert found.mean == pytest.approx(0.15)
    assert found.repetitions == "2 and 3 seeds, unpaired"


@pytest.mark.filterwarnings("error")
def test_samples_without_variance_have_an_interval_of_no_width() -> None:
    found = welch(pd.Series([0.5] * 3), pd.Series([0.25] * 3))
    assert (found.mean, found.half_width, found.verdict) == (0.25, 0.0, "excludes 0")
    beside = welch(pd.Series([0.98] * 3), pd.Series([0.97, 0.98, 0.96]))
    # One varies: its own standard error 0.01 / sqrt(3) with its two degrees of freedom.
    assert beside.half_width == pytest.approx(4.302652729911275 * 0.01 / math.sqrt(3), rel=1e-12)


def test_two_shared_seeds_give_no_interval() -> None:
    found = difference(pd.Series([0.5, 0.7]), pd.Series([0.4, 0.4]), paired=True)
    assert math.isnan(found.half_width)
    assert (found.verdict, found.repetitions) == ("no interval", "2 shared seeds")
