"""Drawing a trial's parameters before any of them is stored.

Optuna draws a parameter when it is suggested and stores it at once, so a duplicate shows too late to be drawn again
and a driver killed half-way leaves half a trial. Here all parameters, conditional ones too, are drawn first from a
sampler that Optuna does not know of; the caller writes them down as one attribute, and only then are they suggested,
through a sampler that hands back what was drawn.
"""

from collections.abc import Mapping
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import BaseSampler
from optuna.study import Study
from optuna.trial import FrozenTrial, Trial

from spreadtune.search.optuna_internals import as_stored, forget_draws
from spreadtune.search.sampling.settings import Value
from spreadtune.search.sampling.space import Parameter, Space, only_value


def draw(sampler: BaseSampler, study: Study, trial: FrozenTrial, space: Space) -> dict[str, Value]:
    """One setting, as Optuna's parameters by name.

    Jointly where the sampler has a joint model, one by one for the rest: what Optuna itself would do, in the space's
    order. A parameter whose condition is unmet is left out.
    """
    joint = sampler.sample_relative(study, trial, sampler.infer_relative_search_space(study, trial))
    params: dict[str, Value] = {}
    values: dict[str, Value] = {}
    for parameter in space.parameters:
        if space.variant.active(parameter.path, values):
            value = _value(parameter, joint, sampler, study, trial)
            params[parameter.name] = values[parameter.path] = value
    return params


def _value(
    parameter: Parameter, joint: Mapping[str, Any], sampler: BaseSampler, study: Study, trial: FrozenTrial
) -> Value:
    if parameter.distribution.single():
        return only_value(parameter.distribution)
    if parameter.name in joint:
        value: Value = joint[parameter.name]
    else:
        value = sampler.sample_independent(study, trial, parameter.name, parameter.distribution)
    return value


def as_asked_for(trial: Trial) -> FrozenTrial:
    """A trial that nothing is stored of, even where a driver was killed between drawing and storing."""
    forget_draws(trial)
    return as_stored(trial)


class Drawn(BaseSampler):
    """Hands back what was drawn: Optuna's own sampler of every study here."""

    def __init__(self) -> None:
        self.params: Mapping[str, Value] = {}

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        return {}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        return {}

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        return self.params[param_name]


def suggest(trial: Trial, name: str, distribution: BaseDistribution) -> None:
    """Store one parameter of the trial, with the value that :class:`Drawn` holds; a stored one stays as it is."""
    match distribution:
        case CategoricalDistribution():
            trial.suggest_categorical(name, distribution.choices)
        case FloatDistribution():
            trial.suggest_float(name, distribution.low, distribution.high, log=distribution.log)
        case IntDistribution():
            trial.suggest_int(name, distribution.low, distribution.high)
