"""Domains as distributions, positions as alphas."""

from typing import Any

import pytest
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from spreadtune.search.sampling.space import Space, distribution, only_value
from spreadtune.spec.domain import Choice, Domain, Int, LogUniform, Uniform, Window
from spreadtune.theory import collapse_threshold, means_vanish_threshold


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        (Uniform(uniform=(0.1, 0.5)), FloatDistribution(0.1, 0.5)),
        (LogUniform(log_uniform=(0.01, 10)), FloatDistribution(0.01, 10, log=True)),
        (Int(int=(2, 9)), IntDistribution(2, 9)),
        (Choice(choice=("none", "conv")), CategoricalDistribution(("none", "conv"))),
        (Window(window=(0.25, 1)), FloatDistribution(0.25, 1)),
    ],
)
def test_distribution(domain: Domain, expected: BaseDistribution) -> None:
    assert distribution(domain) == expected


@pytest.mark.parametrize(
    ("given", "value"),
    [(CategoricalDistribution(("conv",)), "conv"), (IntDistribution(3, 3), 3), (FloatDistribution(0.5, 0.5), 0.5)],
)
def test_only_value(given: BaseDistribution, value: object) -> None:
    assert only_value(given) == value


@pytest.mark.parametrize("temperature", [0.1, 0.5])
def test_a_position_is_an_alpha_of_the_trials_own_window(lab: Any, temperature: float) -> None:
    study = lab.study(
        sampler="random",
        trials=1,
        space={"objective.alpha": {"window": [0, 1]}, "objective.temperature": {"log_uniform": [0.1, 1]}},
    )
    space = Space(study.variants()[0], lambda data: [data.batch_size / 2] * 2)
    assert [p.name for p in space.parameters] == ["objective.temperature", "objective.alpha.position"]
    low = collapse_threshold([64, 64], temperature)
    high = means_vanish_threshold([64, 64], temperature)
    for position, alpha in [(0.0, low), (0.5, (low + high) / 2), (1.0, high)]:
        values = space.resolve({"objective.temperature": temperature, "objective.alpha.position": position})
        assert values == {"objective.temperature": temperature, "objective.alpha": pytest.approx(alpha, abs=1e-12)}


def test_the_theory_of_a_setting_comes_from_expected_counts(lab: Any) -> None:
    """Oracle: stored values for two classes of 64 and of 16 images at temperature 0.5."""
    study = lab.study(space={"objective.alpha": {"grid": [0.569]}, "data.batch_size": {"grid": [32, 128]}})
    space = Space(study.variants()[0], lambda data: [data.batch_size / 2] * 2)
    large = space.theory({"objective.alpha": 0.569, "data.batch_size": 128})
    assert large == pytest.approx(
        {"images_per_class": 64, "alpha_c": 0.5191, "alpha_m": 0.6848, "spread": 0.1245}, abs=1e-4
    )
    small = space.theory({"objective.alpha": 0.569, "data.batch_size": 32})
    assert (small["alpha_c"], small["alpha_m"]) == pytest.approx((0.3119, 0.7336), abs=1e-4)


def test_optuna_stores_the_position_and_the_trial_trains_with_alpha(lab: Any) -> None:
    study = lab.study(sampler="random", trials=1, space={"objective.alpha": {"window": [0, 1]}})
    ledger = lab.open(study)
    spec = ledger.next().spec
    [row] = ledger._books[0].study.get_trials()
    position = row.params["objective.alpha.position"]
    low, high = collapse_threshold([64, 64], 0.5), means_vanish_threshold([64, 64], 0.5)
    assert list(row.params) == ["objective.alpha.position"]
    assert spec.objective.alpha == pytest.approx(low + position * (high - low), abs=1e-12)
    assert row.user_attrs["record"]["values"] == {"objective.alpha": spec.objective.alpha}
