"""One variant: its Optuna study and the trials it holds."""

from collections.abc import Iterable, Mapping

import optuna
from optuna.exceptions import UpdateFinishedTrialError
from optuna.pruners import BasePruner
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, Trial, TrialState

from spreadtune.run_folder import Outcome
from spreadtune.search.assignment import setting_label, trial_label
from spreadtune.search.optuna_internals import as_stored, storage_id, stored_trial
from spreadtune.search.results.outcomes import finished_metrics
from spreadtune.search.sampling.drawing import Drawn, suggest
from spreadtune.search.sampling.settings import Value, setting_key
from spreadtune.search.sampling.space import Space
from spreadtune.search.sampling.warm_start import WARM, earlier_trials
from spreadtune.search.stopping.proxy import Companion, Itself
from spreadtune.search.storage.reading import read_rows
from spreadtune.search.storage.record import MEASURED, REASON, RECORD, STOP, Record, Row, Rows, Stop
from spreadtune.spec.search import SearchConfig
from spreadtune.spec.seed import Seed


class Book:
    """The trials of one variant, in memory as in the database.

    Args:
        name: what Optuna calls the variant's study.
        space: what is searched.
        storage: the run's database.
        search: says what is optimized, bounded and watched.
        pruner: decides on early stops.
        alone: the run has no other variant, so labels need not name it.

    Attributes:
        space: what is searched.
        study: the variant's Optuna study.
        rows: its trials by run-wide number; none before :meth:`load`.
    """

    def __init__(
        self,
        name: str,
        space: Space,
        storage: BaseStorage,
        *,
        search: SearchConfig,
        pruner: BasePruner,
        alone: bool,
    ) -> None:
        self.space = space
        self._alone = alone
        self._drawn = Drawn()
        self.study = optuna.create_study(
            study_name=name,
            storage=storage,
            directions=[goal.direction for goal in search.objectives],
            sampler=self._drawn,
            pruner=pruner,
            load_if_exists=True,
        )
        self._search = search
        self._proxy: Itself | Companion = Itself()
        if search.watched and len(search.objectives) > 1:
            self._proxy = Companion(f"{name}/proxy", storage, goal=search.watched, pruner=pruner)
        self.rows: Rows = {}
        self._settings: dict[str, int] = {}

    @property
    def variant(self) -> str:
        return self.space.variant.name

    def label(self, record: Record) -> str:
        """A short text for people, with the variant's name where there are several."""
        return trial_label(record.values, record.seed, None if self._alone else self.variant, stage=record.stage)

    def setting_label(self, record: Record) -> str:
        """The same without the seed."""
        return ": ".join(filter(None, (None if self._alone else self.variant, setting_label(record.values))))

    @property
    def begins_with(self) -> str:
        """The run whose trials the study begins with; empty where it begins with none."""
        earlier = (trial.user_attrs.get(WARM) for trial in self.study.get_trials(deepcopy=False))
        return next((str(found["run"]) for found in earlier if found), "")

    def load(self) -> None:
        """Take in what the database holds and the driver does not know yet; what it knows is never older."""
        reported = self._proxy.reported()
        for number, row in read_rows(self.study, self._search).items():
            self.rows.setdefault(number, row).reported.update(reported.get(number, ()))
            if row.record.setting not in self._settings.values():
                self._settings[self._key(row.record.values)] = row.record.setting

    def undrawn(self) -> list[FrozenTrial]:
        """Trials that were asked for and never drawn, because the driver or the database went away."""
        running = self.study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        return [trial for trial in running if RECORD not in trial.user_attrs]

    def setting(self, values: Mapping[str, Value]) -> int | None:
        """The number of the setting with these values, if it has one."""
        return self._settings.get(self._key(values))

    def next_setting(self) -> int:
        return max(self._settings.values(), default=-1) + 1

    def of_setting(self, setting: int) -> list[Row]:
        return [row for row in self.rows.values() if row.record.setting == setting]

    def next_seed(self, setting: int) -> int:
        """The first seed after those that the setting has trials at."""
        return 1 + max(row.record.seed for row in self.of_setting(setting))

    def taken_up(self, optuna_id: int | None) -> Trial:
        """A handle on a stored trial."""
        assert optuna_id is not None, "it is read from the database"
        return stored_trial(self.study, optuna_id)

    def write(self, trial: Trial, record: Record) -> Row:
        """Store what was drawn: the record first, as one attribute, then the parameters it holds."""
        trial.set_user_attr(RECORD, record.attribute())
        row = self.rows[record.trial] = Row(record, storage_id(trial))
        self._settings.setdefault(self._key(record.values), record.setting)
        self.suggest(trial, record)
        return row

    def suggest(self, trial: Trial, record: Record) -> None:
        """Store the parameters that the record holds, those already stored left as they are."""
        self._drawn.params = record.params
        for parameter in self.space.parameters:
            if parameter.name in record.params:
                suggest(trial, parameter.name, parameter.distribution)

    def write_stop(self, trial: Trial, stop: Stop) -> None:
        """Store that a trial was told to stop, so that a driver killed now does not train it on."""
        trial.set_user_attr(STOP, {"epoch": stop.epoch, "metrics": dict(stop.metrics), "reason": stop.reason})

    def report(self, trial: Trial, number: int, value: float, epoch: int) -> None:
        """Store what the pruner looks at."""
        self._proxy.of(trial, number).report(value, epoch)

    def should_prune(self, trial: Trial, number: int) -> bool:
        """Whether the pruner would stop the trial at the epoch that was reported last."""
        return self._proxy.of(trial, number).should_prune()

    def tell(self, row: Row, outcome: Outcome) -> None:
        """Tell Optuna how a trial ended; harmless the second time.

        What a finished trial measured stands with it, and by how much it breaks each bound (above 0) or keeps it.
        """
        trial, state, values = self.taken_up(row.optuna_id), TrialState[outcome.state], None
        try:
            if outcome.reason:
                trial.set_user_attr(REASON, outcome.reason)
            if outcome.state == "COMPLETE":
                trial.set_user_attr(MEASURED, finished_metrics(outcome))
                self._set_constraints(trial, outcome.metrics)
                values = [outcome.values[goal.metric] for goal in self._search.objectives]
        except UpdateFinishedTrialError:
            return
        # The stand-in first: a trial that Optuna knows to have ended is not told again.
        self._proxy.tell(row.record.trial, state, outcome.values)
        self.study.tell(trial, values, state=state, skip_if_finished=True)

    def learn(self, earlier: Iterable[Row], run: str) -> int:
        """Give the sampler what another run found; how many of its trials fit.

        See :mod:`spreadtune.search.sampling.warm_start`.
        """
        fitting = earlier_trials(earlier, self.space, self._search, run)
        self.study.add_trials(fitting)
        return len(fitting)

    def drop(self, trial: Trial, reason: str) -> None:
        """Close a trial that was asked for and that nothing is left for."""
        trial.set_user_attr(REASON, reason)
        self.study.tell(trial, state=TrialState.FAIL)

    def _set_constraints(self, trial: Trial, metrics: Mapping[str, float]) -> None:
        known = as_stored(trial).constraints
        for bound in self._search.bounds:
            name = f"{bound.metric} {bound.text}"
            if name not in known:  # Optuna warns of a second one
                trial.set_constraint(name, bound.violation(metrics[bound.metric]))

    def _key(self, values: Mapping[str, Value]) -> str:
        return setting_key(self.space.variant.trial(values, Seed(study=0)))
