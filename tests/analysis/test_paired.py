"""Paired comparisons against SciPy and closed forms."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from spreadtune.analysis.paired import holm, paired


def test_a_paired_t_test_is_scipys() -> None:
    draw = np.random.default_rng(0)
    one, other = pd.Series(draw.normal(0.9, 0.02, 6)), pd.Series(draw.normal(0.88, 0.02, 6))
    found, oracle = paired(one, other), stats.ttest_rel(one, other)
    assert found.p == pytest.approx(oracle.pvalue, rel=1e-10)
    low, high = oracle.confidence_interval(0.95)
    assert found.difference.mean - found.difference.half_width == pytest.approx(low)
    assert found.difference.mean + found.difference.half_width == pytest.approx(high)
    assert found.effect_size == pytest.approx(oracle.statistic / math.sqrt(6))


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
