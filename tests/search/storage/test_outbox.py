"""The database goes away and comes back."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from optuna.exceptions import StorageInternalError
from optuna.trial import TrialState

from spreadtune.search.plans import adaptive
from spreadtune.search.storage import database
from spreadtune.search.storage.faults import DatabaseAwayError
from spreadtune.search.storage.outbox import Outbox


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process holds the database for itself."""
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


@pytest.fixture
def ledger(lab: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(database, "SQLITE_PATIENCE", 0.01)
    stopping = {"name": "median", "startup_trials": 1}
    space = {"objective.alpha": {"uniform": [0, 1]}}
    return lab.open(lab.study(sampler="random", trials=3, space=space, early_stopping=stopping))


def test_writes_wait_in_their_order_and_for_how_long() -> None:
    now, away, done = [100.0], [True], []

    def write(name: str) -> None:
        if away[0]:
            raise StorageInternalError
        done.append(name)

    outbox = Outbox(clock=lambda: now[0])
    assert not outbox.post(lambda: write("first"))
    now[0] = 170.0
    assert not outbox.post(lambda: write("second"))
    assert (len(outbox), outbox.seconds_away) == (2, 70.0)
    away[0] = False
    assert outbox.flush()
    assert (done, outbox.seconds_away) == (["first", "second"], 0.0)


def test_a_mistake_of_ours_is_not_taken_for_a_missing_database() -> None:
    with pytest.raises(ZeroDivisionError):
        Outbox().post(lambda: 1 / 0)


def test_outcomes_are_published_and_told_when_the_database_is_back(lab: Any, ledger: Any) -> None:
    assignment = ledger.next()
    with locked(lab.run.database_file):
        assert not ledger.report(assignment.number, 5, {"knn_transfer_accuracy": 0.3})
        assert lab.finish(ledger, assignment, 0.4).state == "COMPLETE"
        assert assignment.folder.outcome().values == {"transfer_accuracy": 0.4}
        with pytest.raises(DatabaseAwayError):
            ledger.next()
        assert ledger.progress().trials.complete == 1
    ledger.next()
    told = ledger._books[0].study.get_trials()[0]
    assert (told.state, told.value, told.intermediate_values) == (TrialState.COMPLETE, 0.4, {5: 0.3})


def test_what_was_never_told_is_told_by_the_next_driver(lab: Any, ledger: Any) -> None:
    assignment = ledger.next()
    with locked(lab.run.database_file):
        lab.finish(ledger, assignment, 0.4)
        ledger.close()
    again = lab.open(ledger.study)
    assert again.progress().trials.complete == 1


def test_an_outage_in_the_middle_of_a_draw_loses_no_trial(
    lab: Any, ledger: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trial is asked for; its record cannot be written any more."""
    other = sqlite3.connect(lab.run.database_file)
    draw = adaptive.draw

    def lock_and_draw(*arguments: Any) -> Any:
        other.execute("BEGIN EXCLUSIVE")
        return draw(*arguments)

    monkeypatch.setattr(adaptive, "draw", lock_and_draw)
    with pytest.raises(DatabaseAwayError):
        ledger.next()
    monkeypatch.setattr(adaptive, "draw", draw)
    other.rollback()
    other.close()
    assert [a.number for a in lab.run_all(ledger)] == [0, 1, 2]
    stored = ledger._books[0].study.get_trials()
    assert [trial.state for trial in stored] == [TrialState.COMPLETE] * 3
