"""The front against its definition, the volume against counting, Optuna and what it has to obey."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from optuna._hypervolume import compute_hypervolume

from spreadtune.search.results.pareto import Points, hypervolume, losses, on_front
from spreadtune.spec.goal import Goal

SIDE = 5


def whole(dimensions: int) -> st.SearchStrategy[Points]:
    """Up to eight points with small whole coordinates, so that ties and equal points are common."""
    shape = st.tuples(st.integers(0, 8), st.just(dimensions))
    return shape.flatmap(lambda size: arrays(np.float64, size, elements=st.integers(0, SIDE).map(float)))


POINTS = st.sampled_from([2, 3]).flatmap(whole)


def dominates(one: Points, other: Points) -> bool:
    pairs = list(zip(one, other, strict=True))
    return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)


@given(POINTS)
def test_the_front_is_what_nothing_dominates(points: Points) -> None:
    expected = [not any(dominates(other, point) for other in points) for point in points]
    assert on_front(points).tolist() == expected


def test_the_front_of_goals_in_both_directions() -> None:
    values = np.array([[0.9, 0.2], [0.8, 0.1], [0.8, 0.3], [0.9, 0.2], [np.nan, 0.0]])
    points = losses(values, [Goal("transfer_accuracy", "maximize"), Goal("alignment", "minimize")])
    assert on_front(points).tolist() == [True, True, False, True, False]


@settings(deadline=None)
@given(POINTS)
def test_the_volume_is_the_number_of_unit_cells_that_are_dominated(points: Points) -> None:
    dimensions = points.shape[1]
    cells = [np.array(cell) for cell in product(range(SIDE), repeat=dimensions)]
    expected = sum(any((point <= cell).all() for point in points) for cell in cells)
    assert hypervolume(points, np.full(dimensions, float(SIDE))) == pytest.approx(expected)


@given(arrays(np.float64, st.tuples(st.integers(1, 8), st.sampled_from([2, 3])), elements=st.floats(0, 1)))
def test_the_volume_is_optunas(points: Points) -> None:
    reference = np.ones(points.shape[1])
    assert hypervolume(points, reference) == pytest.approx(compute_hypervolume(points, reference), abs=1e-12)


@given(arrays(np.float64, st.tuples(st.integers(1, 8), st.sampled_from([2, 3])), elements=st.floats(0, 2)))
def test_another_point_never_takes_volume_away_and_a_dominated_one_adds_none(points: Points) -> None:
    reference = np.full(points.shape[1], 1.5)
    volumes = [hypervolume(points[:count], reference) for count in range(len(points) + 1)]
    assert all(before <= after + 1e-12 for before, after in pairwise(volumes))
    assert hypervolume(points[on_front(points)], reference) == pytest.approx(volumes[-1])
