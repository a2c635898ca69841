import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spreadtune.training.schedule import learning_rate_factor

schedules = st.integers(1, 500).flatmap(lambda steps: st.tuples(st.just(steps), st.integers(0, steps)))


@given(schedules, st.data())
def test_closed_form(schedule: tuple[int, int], data: st.DataObject) -> None:
    steps, warmup = schedule
    step = data.draw(st.integers(0, steps - 1))
    expected = (step + 1) / warmup if step < warmup else math.cos(math.pi / 2 * (step - warmup) / (steps - warmup)) ** 2
    assert learning_rate_factor(step, steps, warmup) == pytest.approx(expected, abs=1e-12)


@given(schedules)
def test_it_rises_to_the_peak_then_falls_towards_zero(schedule: tuple[int, int]) -> None:
    steps, warmup = schedule
    factors = [learning_rate_factor(step, steps, warmup) for step in range(steps)]
    assert factors[:warmup] == sorted(factors[:warmup])
    assert factors[warmup:] == sorted(factors[warmup:], reverse=True)
    assert max(factors) == 1
    assert min(factors) > 0


@pytest.mark.parametrize("warmup", [0, 3])
def test_it_ends_at_zero(warmup: int) -> None:
    assert learning_rate_factor(10, 10, warmup) == 0
    assert learning_rate_factor(warmup, 10, warmup) == 1
