"""Differences of means against scipy's own tests."""

import math

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from spreadtune.analysis.compare.difference import difference, welch

SAMPLES = st.lists(st.floats(-10, 10), min_size=3, max_size=12)


@settings(max_examples=50, deadline=None)
@given(SAMPLES, SAMPLES)
def test_unpaired_is_welchs_test(one: list[float], other: list[float]) -> None:
    assume(stats.sem(one) > 1e-6 or stats.sem(other) > 1e-6)
    found = welch(pd.Series(one), pd.Series(other))
    expected = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
    assert found.mean - found.half_width == pytest.approx(expected.low, abs=1e-9)
    assert found.mean + found.half_width == pytest.approx(expected.high, abs=1e-9)
    assert found.n == (len(one), len(other))


@settings(max_examples=50, deadline=None)
@given(SAMPLES, SAMPLES)
def test_paired_is_the_paired_t_test_over_shared_seeds(one: list[float], other: list[float]) -> None:
    n = min(len(one), len(other))
    assume(stats.sem([a - b for a, b in zip(one, other, strict=False)]) > 1e-6)
    found = difference(pd.Series(one), pd.Series(other), paired=True)
    expected = stats.ttest_rel(one[:n], other[:n]).confidence_interval(0.95)
    assert (found.mean - found.half_width, found.mean + found.half_width) == pytest.approx(expected, abs=1e-9)
    assert (found.method, found.n) == ("paired", (n, n))


def test_without_a_shared_seed_there_is_nothing_to_pair() -> None:
    one, other = pd.Series([0.5, 0.6], index=[0, 1]), pd.Series([0.4, 0.4, 0.4], index=[5, 6, 7])
    found = difference(one, other, paired=True)
    assert (found.method, found.n, found.known) == ("unpaired", (2, 3), False)
    assert found.mean == pytest.approx(0.15)
    assert found.repetitions == "2 and 3 seeds, unpaired"


def test_samples_without_variance_have_an_interval_of_no_width() -> None:
    found = welch(pd.Series([0.5] * 3), pd.Series([0.25] * 3))
    assert (found.mean, found.half_width, found.verdict) == (0.25, 0.0, "excludes 0")


def test_two_shared_seeds_give_no_interval() -> None:
    found = difference(pd.Series([0.5, 0.7]), pd.Series([0.4, 0.4]), paired=True)
    assert math.isnan(found.half_width)
    assert (found.verdict, found.repetitions) == ("no interval", "2 shared seeds")
