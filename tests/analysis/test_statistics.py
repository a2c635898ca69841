"""Intervals against their formula."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from spreadtune.analysis.statistics import half_widths, interval

SAMPLES = st.lists(st.floats(-10, 10), min_size=3, max_size=20)


@settings(max_examples=50, deadline=None)
@given(SAMPLES)
def test_an_interval_is_students(values: list[float]) -> None:
    found, n = interval(values), len(values)
    mean = math.fsum(values) / n
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
    assert found.n == n
    assert found.mean == pytest.approx(mean, abs=1e-12)
    assert found.half_width == pytest.approx(stats.t.ppf(0.975, n - 1) * deviation / math.sqrt(n), rel=1e-12, abs=1e-12)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [0.0, 0.25, 0.1])
def test_equal_values_have_an_interval_of_no_width_and_no_warning(value: float) -> None:
    assert interval([value] * 6).half_width == pytest.approx(0.0, abs=1e-15)


def test_golden_interval() -> None:
    # t(0.975, 2) = 4.302653, s = 0.01, n = 3
    assert interval([0.97, 0.98, 0.99]).half_width == pytest.approx(4.302653 * 0.01 / math.sqrt(3), rel=1e-6)


@pytest.mark.parametrize(("values", "mean"), [([], math.nan), ([0.5], 0.5), ([0.5, 0.7], 0.6)])
def test_fewer_than_three_repetitions_have_no_interval(values: list[float], mean: float) -> None:
    found = interval(values)
    assert found.n == len(values)
    assert not found.known
    assert found.mean == pytest.approx(mean, nan_ok=True)


def test_missing_values_do_not_count_as_repetitions() -> None:
    assert interval([0.5, math.nan, 0.7]).n == 2


def trials(*rows: tuple[int, int, float, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["setting", "seed", "metric.transfer_accuracy", "state"])
    return table.assign(variant="main", stage="search")


def test_half_widths_of_each_setting() -> None:
    table = trials(
        *[(0, seed, value, "COMPLETE") for seed, value in enumerate([0.97, 0.98, 0.99])], (1, 0, 0.5, "COMPLETE")
    )
    found = half_widths(table, "transfer_accuracy")
    assert found[("main", 0)] == interval([0.97, 0.98, 0.99]).half_width
    assert np.isnan(found[("main", 1)])
    assert half_widths(table, "never_measured").empty
