"""Cells and ticks of a text plot."""

import math
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spreadtune.cli.live.scale import Scale, label, ticks_around, ticks_inside

numbers = st.floats(-1e12, 1e12, allow_subnormal=False)
positive = st.floats(1e-9, 1e9)


def scales(values: st.SearchStrategy[float], *, logarithmic: bool) -> st.SearchStrategy[Scale]:
    ends = st.tuples(values, values).filter(lambda ends: ends[1] - ends[0] > 1e-6 * max(map(abs, ends)))
    return st.builds(lambda ends, cells: Scale(*ends, cells, logarithmic), ends, st.integers(1, 300))


def holds(scale: Scale, cell: int, value: float) -> bool:
    """The definition, in exact fractions; the float's division may move an edge by some units in the last place."""
    low, high = Fraction(scale.low), Fraction(scale.high)
    slack = Fraction(1, 10**9)
    place = (Fraction(value) - low) / (high - low) * scale.cells
    return cell - slack <= place <= cell + 1 + slack


@settings(max_examples=50, deadline=None)
@given(scales(numbers, logarithmic=False), st.floats(0, 1))
def test_every_finite_point_lands_on_the_cell_that_holds_it(scale: Scale, share: float) -> None:
    value = min(scale.low + share * (scale.high - scale.low), scale.high)
    cell = scale.cell(value)
    assert cell is not None
    assert 0 <= cell < scale.cells
    assert holds(scale, cell, value)


@settings(max_examples=50, deadline=None)
@given(scales(positive, logarithmic=True), st.floats(0, 1))
def test_a_logarithmic_axis_is_a_linear_one_of_logarithms(scale: Scale, share: float) -> None:
    value = min(max(scale.low * (scale.high / scale.low) ** share, scale.low), scale.high)
    cell = scale.cell(value)
    assert cell is not None
    linear = Scale(math.log(scale.low), math.log(scale.high), scale.cells)
    assert holds(linear, cell, math.log(value))


@settings(max_examples=50, deadline=None)
@given(
    st.one_of(scales(numbers, logarithmic=False), scales(positive, logarithmic=True)), st.lists(positive, min_size=2)
)
def test_rising_numbers_have_rising_cells(scale: Scale, values: list[float]) -> None:
    cells = [scale.cell(value) for value in sorted(values)]
    seen = [cell for cell in cells if cell is not None]
    assert seen == sorted(seen)


@settings(max_examples=50, deadline=None)
@given(scales(numbers, logarithmic=False))
def test_the_ends_are_in_the_first_and_the_last_cell(scale: Scale) -> None:
    assert (scale.cell(scale.low), scale.cell(scale.high)) == (0, scale.cells - 1)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.1, 1.1])
def test_what_is_no_number_of_the_axis_has_no_cell(value: float) -> None:
    assert Scale(0.0, 1.0, 10).cell(value) is None


def is_round(step: Decimal) -> bool:
    return step.normalize().as_tuple().digits in ((1,), (2,), (5,))


ends = st.tuples(numbers, numbers).map(lambda pair: (min(pair), max(pair)))


@settings(max_examples=50, deadline=None)
@given(ends, st.integers(3, 12))
def test_ticks_around_cover_the_ends_in_round_steps(ends: tuple[float, float], most: int) -> None:
    ticks = ticks_around(*ends, most)
    steps = {later - earlier for earlier, later in pairwise(ticks)}
    assert len(steps) == 1
    [step] = steps
    assert is_round(step)
    assert all(tick % step == 0 for tick in ticks)
    assert 2 <= len(ticks) <= most
    assert float(ticks[0]) <= ends[0] <= ends[1] <= float(ticks[-1])


@settings(max_examples=50, deadline=None)
@given(ends.filter(lambda pair: pair[1] - pair[0] > 1e-6 * max(map(abs, pair))), st.integers(3, 12))
def test_ticks_inside_are_few_and_round(ends: tuple[float, float], most: int) -> None:
    ticks = ticks_inside(*ends, most)
    assert 1 <= len(ticks) <= most
    assert all(ends[0] <= float(tick) <= ends[1] for tick in ticks)
    steps = {later - earlier for earlier, later in pairwise(ticks)}
    assert len(steps) <= 1
    assert all(is_round(step) and all(tick % step == 0 for tick in ticks) for step in steps)


@settings(max_examples=50, deadline=None)
@given(st.tuples(positive, positive).filter(lambda pair: pair[0] * 1.01 < pair[1]), st.integers(3, 12))
def test_ticks_of_a_logarithmic_axis_are_few_and_inside(ends: tuple[float, float], most: int) -> None:
    ticks = ticks_inside(*ends, most, logarithmic=True)
    assert 1 <= len(ticks) <= most
    assert ticks == sorted(set(ticks))
    assert all(ends[0] <= float(tick) <= ends[1] for tick in ticks)


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0.9, 0.98, 5, "0.90 0.92 0.94 0.96 0.98"),
        (0.3, 0.7, 5, "0.3 0.4 0.5 0.6 0.7"),
        (0.95, 0.95, 5, "0.9495 0.9500 0.9505"),
        (0.0, 0.0, 5, "-0.0005 0.0000 0.0005"),
        (-1.0, 1.0, 3, "-1 0 1"),
        (1234.0, 5678.0, 4, "0 2000 4000 6000"),
    ],
)
def test_ticks_as_a_person_would_choose_them(low: float, high: float, most: int, expected: str) -> None:
    assert " ".join(map(label, ticks_around(low, high, most))) == expected


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0.05, 1.0, 6, "0.05 0.1 0.2 0.5 1"),
        (0.01, 10.0, 5, "0.01 0.1 1 10"),
        (1e-9, 1e9, 4, "1e-09 0.0001 10 1000000"),
        (0.25, 0.4, 5, "0.25 0.30 0.35 0.40"),
    ],
)
def test_logarithmic_ticks_as_a_person_would_choose_them(low: float, high: float, most: int, expected: str) -> None:
    assert " ".join(map(label, ticks_inside(low, high, most, logarithmic=True))) == expected


@settings(max_examples=50, deadline=None)
@given(ends, st.integers(3, 12))
def test_a_label_is_the_number_it_stands_beside(ends: tuple[float, float], most: int) -> None:
    for tick in ticks_around(*ends, most):
        assert float(label(tick)) == pytest.approx(float(tick), rel=1e-5)
