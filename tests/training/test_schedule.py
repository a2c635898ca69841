import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spreadtune.spec import list_studies, load_study
from spreadtune.spec.training import TrainingConfig
from spreadtune.training.schedule import learning_rate, learning_rate_factor, warmup_steps

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


def trained(**values: Any) -> TrainingConfig:
    return TrainingConfig.model_validate({"learning_rate": 3e-3, **values})


def rates(training: TrainingConfig, steps: int) -> list[float]:
    return [learning_rate(training, step, steps) for step in range(training.epochs * steps)]


EPOCHS = {
    ("cifar100_alpha_sweep", None): (5, 45_000),
    ("cifar100_alpha_sweep", "small"): (1, 10_000),
    ("cifar100_alpha_sweep", "smoke"): (0, 1_000),
    ("cifar100_weights_search", None): (5, 45_000),
    ("cifar100_weights_search", "small"): (1, 5_000),
    ("cifar100_weights_search", "smoke"): (0, 1_000),
    ("cifar10_alpha_sweep", None): (5, 45_000),
    ("cifar10_alpha_sweep", "small"): (1, 10_000),
    ("cifar10_alpha_sweep", "smoke"): (0, 1_000),
    ("digits_alpha_sweep", None): (2, 1_078),
    ("digits_front", None): (2, 1_078),
    ("digits_weights_grid", None): (1, 1_078),
    ("digits_weights_search", None): (2, 1_078),
    ("mnist_alpha_sweep", None): (2, 54_000),
    ("mnist_alpha_sweep", "small"): (2, 5_000),
    ("mnist_alpha_sweep", "smoke"): (0, 1_000),
}
"""The warm-up in epochs that each shipped study had before it was a share, and how many images it trains on."""

WARMED_UP_TO_THE_END = {
    "digits_alpha_sweep": 1,
    "digits_front": 2,
    "digits_weights_grid": 1,
    "digits_weights_search": 1,
}
"""The steps of warm-up in profiles ``smoke``, whose two epochs were warm-up, or half of them, before."""


@pytest.mark.parametrize(("name", "profile"), EPOCHS)
def test_shipped_studies_have_the_rates_of_when_they_counted_epochs(name: str, profile: str | None) -> None:
    epochs, images = EPOCHS[name, profile]
    study = load_study(name, profile=profile)
    steps = images // study.data.batch_size
    counted = study.training.model_copy(update={"warmup_epochs": epochs})
    peak, total = counted.learning_rate, counted.epochs * steps
    old = [peak * learning_rate_factor(step, total, epochs * steps) for step in range(total)]
    assert rates(study.training, steps) == old == rates(counted, steps)


@pytest.mark.parametrize("name", WARMED_UP_TO_THE_END)
def test_a_smoke_test_of_the_digits_warms_up_for_its_share(name: str) -> None:
    training = load_study(name, profile="smoke").training
    assert warmup_steps(training, 1078 // 128) == WARMED_UP_TO_THE_END[name]


CAME_LATER = {
    "mechanisms_digits",
    "mnist_thanos",
    "cifar10_thanos",
    "cifar100_thanos",
    "cifar100u_thanos",
    "tinyimagenet_thanos",
}
"""Studies whose warm-up was a share from the first."""


def test_every_shipped_study_and_profile_is_looked_at() -> None:
    known = EPOCHS.keys() | {(name, "smoke") for name in WARMED_UP_TO_THE_END}
    for file in list_studies():
        if file.name in CAME_LATER:
            continue
        study = load_study(file.path)
        same = {profile for profile, values in study.profiles.items() if not any("training" in path for path in values)}
        profiles = {None, *study.profiles} - same
        assert {(file.name, profile) for profile in profiles} <= known


@given(st.integers(1, 200), st.integers(0, 200), st.integers(1, 400))
def test_a_share_of_whole_epochs_is_those_epochs(epochs: int, warmup: int, steps: int) -> None:
    if warmup < epochs:
        share = trained(epochs=epochs, warmup=warmup / epochs)
        counted = trained(epochs=epochs, warmup_epochs=warmup)
        assert warmup_steps(share, steps) == warmup * steps == warmup_steps(counted, steps)
