"""Reading a run's trials from its database, without becoming its driver."""

import optuna
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState

from spreadtune.run_folder import RunFolder, TrialStatus
from spreadtune.search.optuna_internals import storage_id
from spreadtune.search.storage.database import database, study_name
from spreadtune.search.storage.record import MEASURED, REASON, RECORD, STOP, Record, Row, Rows, Stop
from spreadtune.spec.search import SearchConfig
from spreadtune.spec.seed import Stage
from spreadtune.spec.study import Study

_STATES: dict[TrialState, TrialStatus] = {
    TrialState.COMPLETE: "COMPLETE",
    TrialState.PRUNED: "PRUNED",
    TrialState.FAIL: "FAIL",
    TrialState.RUNNING: "RUNNING",
}


def stored_rows(
    study: Study, run: RunFolder, storage: str | None = None, *, stage: Stage = "search"
) -> dict[str, Rows]:
    """A stage's trials of every variant, by its name; none where the run has no database yet. Nothing is written.

    Raises:
        UserError: the database cannot be opened.
        DatabaseAwayError: it does not answer.
    """
    names = [variant.name for variant in study.variants()]
    if (stage == "confirm" and not study.search.confirm) or (storage is None and not run.database_file.exists()):
        return {name: {} for name in names}
    with database(run, storage) as opened:
        return {name: rows_of(opened, study_name(run, name, stage), study.search) for name in names}


def rows_of(storage: RDBStorage, name: str, search: SearchConfig) -> Rows:
    """The trials of one of Optuna's studies; none where a database has no such study."""
    try:
        return read_rows(optuna.load_study(study_name=name, storage=storage), search)
    except KeyError:  # a variant that no driver has come to yet
        return {}


def read_rows(study: optuna.Study, search: SearchConfig) -> Rows:
    """The trials of a study by run-wide number, those that were asked for and never drawn left out."""
    drawn = (trial for trial in study.get_trials(deepcopy=False) if RECORD in trial.user_attrs)
    rows = (_row(trial, search) for trial in drawn)
    return {row.record.trial: row for row in rows}


def _row(trial: FrozenTrial, search: SearchConfig) -> Row:
    stop, state = trial.user_attrs.get(STOP), _STATES[trial.state]
    # Databases from before it was stored know the optimized metrics alone.
    optimized = dict(zip(search.optimize, trial.values, strict=True)) if state == "COMPLETE" else {}
    return Row(
        Record(**trial.user_attrs[RECORD]),
        storage_id(trial),
        state,
        Stop(**stop) if stop else None,
        set(trial.intermediate_values),
        trial.user_attrs.get(MEASURED, optimized),
        trial.user_attrs.get(REASON),
    )
