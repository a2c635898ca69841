"""Settings that are evenly spread: a scrambled Sobol sequence, gone through in step with the trials on record."""

import warnings
from collections.abc import Iterable

from optuna.distributions import BaseDistribution
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import QMCSampler
from optuna.study import Study
from optuna.trial import FrozenTrial

from spreadtune.search.sampling.space import Parameter


class Sobol(QMCSampler):
    """Optuna's sampler less the two ways in which it depends on how a study went.

    Optuna counts points in the database as it hands them out, so a driver killed before the trial's record is stored
    would skip one; and it takes the parameters of the first trial, which is drawn at random, for all there are. Here
    the place is given and every parameter has a dimension, conditional ones too: a trial without one ignores it.

    Args:
        parameters: of the space, in its order.
        seed: of the scrambling (Owen 1998), the same for all trials of a sequence.
        place: of the next point, from 0.
    """

    def __init__(self, parameters: Iterable[Parameter], *, seed: int, place: int) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            super().__init__(qmc_type="sobol", scramble=True, seed=seed)
        self._space = {each.name: each.distribution for each in parameters if not each.distribution.single()}
        self._place = place

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        return self._space

    def _find_sample_id(self, study: Study, search_space: dict[str, BaseDistribution]) -> int:
        self._place += 1
        return self._place - 1
