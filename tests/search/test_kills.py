"""A driver killed anywhere, again and again, leaves the study that was never interrupted."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from spreadtune.search import ledger
from spreadtune.search.plans import adaptive, confirmation
from spreadtune.search.storage import book

SPACE = {
    "objective.autoencoder_weight": {"log_uniform": [0.01, 10], "when": {"model.decoder": "conv"}},
    "objective.alpha": {"window": [0, 1]},
    "model.decoder": {"choice": ["none", "conv"]},
}

SECOND = "the second parameter is stored"
KILLED_BEFORE: dict[str, tuple[Any, str]] = {
    "anything is drawn": (adaptive, "draw"),
    "the record is stored": (book.Book, "write"),
    "a parameter is stored": (book.Book, "suggest"),
    "the trial's file is written": (ledger, "write_atomic"),
    "the outcome is published": (ledger, "valued"),
    "Optuna is told": (book.Book, "tell"),
}


CONFIRMING = {
    "the pair is chosen": (confirmation.Confirmation, "choose"),
    **{point: place for point, place in KILLED_BEFORE.items() if point != "anything is drawn"},
}


def kill(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at_second(function: Callable[..., None]) -> Callable[..., None]:
    calls = iter([function])

    def counted(*arguments: Any) -> None:
        next(calls, kill)(*arguments)

    return counted


def value(assignment: Any) -> float:
    return float(1 - (assignment.spec.objective.alpha - 0.6) ** 2)


def drive(lab: Any, study: Any, point: str) -> None:
    """What the process that dies does: settle what it takes up, then go on until it is killed."""
    if point == SECOND:
        book.suggest = kill_at_second(book.suggest)
    else:
        where, name = (KILLED_BEFORE | CONFIRMING)[point]
        setattr(where, name, kill)
    lab.run_all(lab.open(study), value)


def drive_until_killed(lab: Any, study: Any, point: str) -> None:
    process = multiprocessing.get_context("fork").Process(target=drive, args=(lab, study, point))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL, point


@pytest.mark.parametrize(
    ("sampler", "before", "points"),
    [
        ("random", 0, [*KILLED_BEFORE, SECOND]),
        pytest.param("tpe", 10, ["anything is drawn", "the record is stored", SECOND], marks=pytest.mark.slow),
    ],
)
def test_killed_everywhere_equals_never(new_lab: Any, sampler: str, before: int, points: list[str]) -> None:
    """``before`` trials run undisturbed first, so that the kills fall where TPE uses its model."""
    whole, killed = new_lab(), new_lab()
    study = whole.study(sampler=sampler, trials=before + len(points) + 3, space=SPACE)
    whole.run_all(whole.open(study), value)

    first = killed.open(study)
    for _ in range(before):
        assignment = first.next()
        killed.finish(first, assignment, value(assignment))
    first.close()
    for point in points:
        drive_until_killed(killed, study, point)
        taken_up = killed.open(study)
        assignment = taken_up.next()
        killed.finish(taken_up, assignment, value(assignment))
        taken_up.close()
    last = killed.open(study)
    killed.run_all(last, value)

    rows = last._books[0].rows
    ours = {number: (row.record, row.state, row.metrics) for number, row in rows.items()}
    theirs = whole.open(study)._books[0].rows
    assert ours == {number: (row.record, row.state, row.metrics) for number, row in theirs.items()}
    stored = [trial.params for trial in last._books[0].study.get_trials()]
    assert stored == [rows[number].record.params for number in sorted(rows)], "every parameter was stored in the end"


@pytest.mark.slow
def test_a_confirmation_killed_everywhere_equals_one_that_never_was(new_lab: Any) -> None:
    whole, killed = new_lab(), new_lab()
    variants = {"spread": {}, "supcon": {"set": {"objective.alpha": 0}}}
    study = whole.study(sampler="random", trials=2, space=SPACE, variants=variants, confirm={"seeds": 4})
    whole.run_all(whole.open(study), value)

    first = killed.open(study)
    for _ in range(4):
        assignment = first.next()
        killed.finish(first, assignment, value(assignment))
    first.close()
    for point in CONFIRMING:
        drive_until_killed(killed, study, point)
        taken_up = killed.open(study)
        assignment = taken_up.next()
        assert assignment.spec.seed.stage == "confirm", point
        killed.finish(taken_up, assignment, value(assignment))
        taken_up.close()
    last = killed.open(study)
    killed.run_all(last, value)

    def rows(ledger: Any) -> Any:
        held = [row for book in ledger._all_books for row in book.rows.values()]
        return sorted((row.record.trial, row.record, row.state, row.metrics) for row in held)

    assert rows(last) == rows(whole.open(study))
    assert len(rows(last)) == 4 + 8
