"""Paired comparisons against their formulas and closed forms."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from spreadtune.analysis.paired import holm, paired


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=3, max_size=12))
def test_a_paired_t_test_is_its_formula(values: list[tuple[float, float]]) -> None:
    one, other = np.array(values).T
    differences, n = one - other, len(values)
    mean, deviation = differences.mean(), differences.std(ddof=1)
    assume(deviation > 1e-6)
    found = paired(pd.Series(one), pd.Series(other))
    t = mean / deviation * math.sqrt(n)
    width = stats.t.ppf(0.975, n - 1) * deviation / math.sqrt(n)
    assert found.difference.n == n
    assert (found.difference.mean, found.difference.half_width) == pytest.approx((mean, width), rel=1e-12, abs=1e-12)
    assert found.effect_size == pytest.approx(mean / deviation, rel=1e-9, abs=1e-12)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(t), n - 1), abs=1e-12)


def test_golden_paired_t_test() -> None:
    # Differences 1, 2, 3: m = 2, s = 1, t = 2 sqrt(3), and with two degrees of freedom p = 1 - t / sqrt(2 + t^2).
    found = paired(pd.Series([2.0, 4.0, 6.0]), pd.Series([1.0, 2.0, 3.0]))
    assert found.effect_size == pytest.approx(2.0, rel=1e-14)
    assert found.p == pytest.approx(1 - math.sqrt(12 / 14), rel=1e-12)


def test_only_shared_seeds_are_paired() -> None:
    one = pd.Series([0.9, 0.8, 0.7, 0.6], index=[0, 1, 2, 5])
    other = pd.Series([0.5, 0.5, 0.2, 0.1], index=[2, 1, 0, 7])
    found = paired(one, other)
    # 0.7, 0.3, 0.2: mean 0.4, standard deviation sqrt(0.07).
    assert (found.difference.n, found.difference.mean) == (3, pytest.approx(0.4))
    assert found.effect_size == pytest.approx(0.4 / math.sqrt(0.07))


def test_below_three_shared_seeds_there_is_a_difference_alone() -> None:
    found = paired(pd.Series([0.5, 0.7]), pd.Series([0.4, 0.4]))
    assert found.difference.mean == pytest.approx(0.2)
    assert math.isnan(found.effect_size)
    assert math.isnan(found.p)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("gain", "size", "p"), [(0.5, math.inf, 0.0), (-0.5, -math.inf, 0.0), (0.0, 0.0, 1.0)])
def test_differences_without_variance(gain: float, size: float, p: float) -> None:
    values = pd.Series([0.25, 0.5, 0.75])
    found = paired(values + gain, values)
    assert (found.effect_size, found.p) == (size, p)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_holm_is_the_closed_test_with_bonferroni(p_values: list[float]) -> None:
    """Oracle: a hypothesis' adjusted p is the largest Bonferroni p of all intersections that it is part of."""

    def intersection(places: tuple[int, ...]) -> float:
        return min(1.0, len(places) * min(p_values[place] for place in places))

    everyone = range(len(p_values))
    subsets = [s for size in range(1, len(p_values) + 1) for s in itertools.combinations(everyone, size)]
    expected = [max(intersection(subset) for subset in subsets if place in subset) for place in everyone]
    assert holm(p_values) == pytest.approx(expected)


def test_holm_by_hand_and_comparisons_that_were_not_made() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    adjusted = holm([0.02, math.nan, 0.03])
    assert [adjusted[0], adjusted[2]] == pytest.approx([0.04, 0.04])
    assert math.isnan(adjusted[1])
    assert holm([]) == []
