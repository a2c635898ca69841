"""What is private in Optuna is still there and means what it meant."""

import sqlite3
from contextlib import closing
from pathlib import Path

import optuna
import pytest
from optuna.distributions import FloatDistribution
from optuna.samplers import GPSampler
from optuna.storages import RDBStorage
from optuna.trial import TrialState

from spreadtune.search.optuna_internals import as_stored, forget_draws, look_for_tables, storage_id, stored_trial


def test_a_stored_trial_goes_on_under_its_own_number_in_another_process(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'optuna.db'}"
    first = optuna.create_study(study_name="beside", storage=address)
    first.ask()  # keys count over all studies of a database, numbers in each
    study = optuna.create_study(study_name="ours", storage=address)
    study.tell(study.ask(), 0.5)
    begun = study.ask()
    drawn = begun.suggest_float("x", 0, 1)
    begun.report(0.25, step=1)

    again = optuna.load_study(study_name="ours", storage=address)
    (running,) = again.get_trials(states=(TrialState.RUNNING,))
    assert storage_id(running) == storage_id(begun)
    trial = stored_trial(again, storage_id(running))
    assert (trial.number, trial.params) == (begun.number, {"x": drawn}) == (1, {"x": drawn})
    assert trial.suggest_float("x", 0, 1) == drawn
    trial.report(0.75, step=2)
    again.tell(trial, 0.75)
    ended = study.get_trials()[1]
    assert (ended.state, ended.intermediate_values) == (TrialState.COMPLETE, {1: 0.25, 2: 0.75})


def test_what_is_stored_of_a_trial_is_there_at_once() -> None:
    trial = optuna.create_study().ask()
    trial.set_user_attr("name", "value")
    trial.set_constraint("bound", 0.5)
    stored = as_stored(trial)
    assert (stored.number, stored.user_attrs, dict(stored.constraints)) == (0, {"name": "value"}, {"bound": 0.5})


@pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")
def test_the_gaussian_process_heeds_its_note_until_that_is_removed() -> None:
    study, x = optuna.create_study(), FloatDistribution(0, 1)
    for value in (0.1, 0.5, 0.9):
        study.add_trial(optuna.create_trial(params={"x": value}, distributions={"x": x}, value=value))
    trial = study.ask()

    def draw() -> float:
        drawn = GPSampler(seed=0, n_startup_trials=3).sample_relative(study, as_stored(trial), {"x": x})
        return float(drawn["x"])

    first = draw()
    assert draw() != first, "it heeds no note any more: then there is nothing to forget"
    forget_draws(trial)
    assert draw() == first


def test_optunas_tables_are_found_and_missed(tmp_path: Path) -> None:
    file = tmp_path / "optuna.db"
    with closing(sqlite3.connect(file)) as connection, pytest.raises(sqlite3.OperationalError, match="no such table"):
        look_for_tables(connection)
    storage = RDBStorage(f"sqlite:///{file}")
    storage.engine.dispose()
    with closing(sqlite3.connect(file)) as connection:
        look_for_tables(connection)
