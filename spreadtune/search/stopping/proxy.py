"""Where epochs are reported, and judged by a pruner.

Optuna's trials of a study with several objectives take no reports. Such a variant has a companion study with one, the
metric that decides on early stops: its trials are no trials of the run, each stands for one. Reports in the variant's
own study would not do even past Optuna's interface: TPE ranks stopped trials by them and has no direction to go by.
"""

from collections.abc import Collection, Mapping

import optuna
from optuna.pruners import BasePruner
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, Trial, TrialState, create_trial

from spreadtune.search.optuna_internals import storage_id, stored_trial
from spreadtune.spec.goal import Goal

STANDS_FOR = "stands_for"
"""The attribute of a stand-in: the run-wide number of its trial."""


class Itself:
    """A trial of a study with one objective takes its reports itself."""

    def of(self, trial: Trial, number: int) -> Trial:
        return trial

    def reported(self) -> Mapping[int, Collection[int]]:
        """Nothing beside what the trials themselves have."""
        return {}

    def tell(self, number: int, state: TrialState, values: Mapping[str, float]) -> None:
        """Nothing: there is no other trial to tell."""


class Companion:
    """The companion study of a variant that optimizes several metrics.

    Args:
        name: what Optuna calls it.
        storage: the run's database.
        goal: whose stand-in during training is reported.
        pruner: decides on early stops.
    """

    def __init__(self, name: str, storage: BaseStorage, *, goal: Goal, pruner: BasePruner) -> None:
        self._goal = goal
        self._study = optuna.create_study(
            study_name=name, storage=storage, direction=goal.direction, pruner=pruner, load_if_exists=True
        )
        self._stand_ins: dict[int, Trial] = {}

    def of(self, trial: Trial, number: int) -> Trial:
        """The stand-in of a trial of the run; made when it reports first."""
        if number not in self._stand_ins:
            found = self._stored(number)
            if found is None:
                # Whole at once, its attribute included: a driver killed here leaves all of it or nothing.
                self._study.add_trial(create_trial(state=TrialState.RUNNING, user_attrs={STANDS_FOR: number}))
                found = self._stored(number)
                assert found
            self._stand_ins[number] = stored_trial(self._study, storage_id(found))
        return self._stand_ins[number]

    def reported(self) -> Mapping[int, Collection[int]]:
        """The epochs whose value the pruner has, by the number of the trial."""
        trials = self._study.get_trials(deepcopy=False)
        return {trial.user_attrs[STANDS_FOR]: trial.intermediate_values for trial in trials}

    def tell(self, number: int, state: TrialState, values: Mapping[str, float]) -> None:
        """How the trial ended; harmless the second time."""
        found = self._stored(number)
        if found:
            value = values[self._goal.metric] if state == TrialState.COMPLETE else None
            self._study.tell(found.number, value, state=state, skip_if_finished=True)
        self._stand_ins.pop(number, None)

    def _stored(self, number: int) -> FrozenTrial | None:
        trials = self._study.get_trials(deepcopy=False)
        return next((trial for trial in trials if trial.user_attrs.get(STANDS_FOR) == number), None)
