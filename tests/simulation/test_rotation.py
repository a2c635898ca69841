"""Divisions of the seeds into those that are searched and those that judge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spreadtune.simulation import rotations


@given(st.integers(4, 12), st.integers(1, 9), st.integers(0, 3))
def test_every_seed_has_one_part_in_each(number: int, count: int, seed: int) -> None:
    seeds = list(range(10, 10 + number))
    found = rotations(seeds, count, seed=seed)
    assert len(found) == count
    for rotation in found:
        assert sorted([*rotation.searching, *rotation.judging]) == seeds
        assert len(rotation.searching) == number // 2
    assert found == rotations(seeds, count + 3, seed=seed)[:count], "more of them begin with the same ones"


def test_each_seed_searches_as_often_as_it_judges() -> None:
    found = rotations(range(10), 30)
    assert all(sum(seed in each.searching for each in found) == 15 for seed in range(10))
    assert len(set(found)) > 20
    assert found != rotations(range(10), 30, seed=1)


def test_too_few_seeds_are_refused() -> None:
    with pytest.raises(ValueError, match="3 seeds are too few"):
        rotations(range(3), 1)
