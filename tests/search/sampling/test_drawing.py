"""Drawing is what Optuna itself would do, before anything is stored."""

from typing import Any

import optuna
import pytest
from optuna.samplers import BaseSampler, RandomSampler, TPESampler

from spreadtune.search.sampling.drawing import Drawn, draw, suggest
from spreadtune.search.sampling.space import Space

SPACE = {
    "objective.temperature": {"log_uniform": [0.1, 1]},
    "objective.alpha": {"uniform": [0, 1]},
    "model.encoder.width": {"int": [4, 64]},
    "model.head": {"choice": ["none", "mlp"]},
}


@pytest.mark.parametrize("make", [RandomSampler, lambda seed: TPESampler(seed=seed, multivariate=True)])
def test_equals_optunas_own_suggestions(lab: Any, make: Any) -> None:
    """Oracle: ``Trial.suggest_*`` with an equal sampler, over TPE's random start and its model."""
    space = Space(lab.study(sampler="random", trials=1, space=SPACE).variants()[0], lambda _: [1.0])
    oracle, ours = optuna.create_study(), optuna.create_study(sampler=(handed := Drawn()))
    for number in range(14):
        sampler: BaseSampler = make(seed=number)
        oracle.sampler = make(seed=number)
        expected, trial = oracle.ask(), ours.ask()
        drawn = draw(sampler, ours, trial.storage.get_trial(trial._trial_id), space)
        assert trial.params == {}, "nothing is stored yet"
        handed.params = drawn
        for parameter in space.parameters:
            suggest(expected, parameter.name, parameter.distribution)
            suggest(trial, parameter.name, parameter.distribution)
        assert drawn == trial.params == expected.params
        value = (drawn["objective.alpha"] - 0.3) ** 2
        oracle.tell(expected, value)
        ours.tell(trial, value)


def test_a_parameter_with_one_value_is_not_asked_for(lab: Any) -> None:
    study = lab.study(sampler="random", trials=1, space={"model.head": {"choice": ["mlp"]}})
    space = Space(study.variants()[0], lambda _: [1.0])
    trial = (optuna_study := optuna.create_study()).ask()
    frozen = trial.storage.get_trial(trial._trial_id)
    assert draw(RandomSampler(), optuna_study, frozen, space) == {"model.head": "mlp"}
