"""What is still to be trained, kind by kind."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from spreadtune.search.plans import leftovers
from spreadtune.search.plans.backlog import Backlog
from spreadtune.search.plans.plan import make_plan
from spreadtune.search.storage.book import Book
from spreadtune.search.storage.books import open_books
from spreadtune.search.storage.database import close_database, database_url, open_database
from spreadtune.spec.study import Study

VARIANTS = {"plain": {}, "warm": {"set": {"objective.temperature": 1.0}}}


@pytest.fixture
def backlog_of(lab: Any) -> Iterator[Callable[[Study], tuple[Backlog, Sequence[Book]]]]:
    storage = open_database(database_url(lab.run, None))

    def make(study: Study) -> tuple[Backlog, Sequence[Book]]:
        books = open_books(study, lab.run, storage, lambda _: [64.0, 64.0])
        for book in books:
            book.load()
        return Backlog(lab.run, books, make_plan(study.search)), books

    yield make
    close_database(storage)


def test_an_empty_one_has_only_what_is_missing(lab: Any, backlog_of: Any) -> None:
    backlog, books = backlog_of(lab.study(space={"objective.alpha": {"grid": [0, 1]}}))
    assert backlog.next_running() is backlog.next_undrawn() is backlog.next_failed() is None
    assert [backlog.next_missing().number for _ in range(2)] == [0, 1]
    assert backlog.next_missing() is None
    assert [row.record.setting for row in books[0].rows.values()] == [0, 1]


def test_what_is_ready_is_stored_and_says_what_to_train(lab: Any, backlog_of: Any) -> None:
    study = lab.study(seed=7, space={"objective.alpha": {"grid": [0.25]}}, variants=VARIANTS)
    backlog, books = backlog_of(study)
    backlog.next_missing()
    ready = backlog.next_missing()
    assert ready.book is books[1]
    assert books[1].study.get_trials()[0].params == {"objective.alpha": 0.25}
    assignment = ready.assignment(lab.run, study_seed=7)
    assert (assignment.number, assignment.variant, assignment.setting, assignment.seed) == (1, "warm", 0, 0)
    assert (assignment.spec.objective.alpha, assignment.spec.objective.temperature) == (0.25, 1.0)
    assert (assignment.spec.seed.study, assignment.spec.seed.index) == (7, 0)
    assert (assignment.label, assignment.resumed) == ("warm: alpha 0.25, seed 0", False)
    assert lab.run.trials() == [], "nothing is written"


def test_what_was_left_behind_is_taken_up(lab: Any, backlog_of: Any) -> None:
    study = lab.study(space={"objective.alpha": {"grid": [0, 1]}})
    first, books = backlog_of(study)
    begun = first.next_missing()
    books[0].study.ask()

    again, books = backlog_of(study)
    again.line_up(leftovers.running(books, held=()), leftovers.undrawn(books))
    running = again.next_running()
    assert (running.number, running.resumed, running.row.record) == (0, True, begun.row.record)
    undrawn = again.next_undrawn()
    assert (undrawn.number, undrawn.resumed, undrawn.row.record.setting) == (1, False, 1)
    assert again.next_running() is again.next_undrawn() is again.next_missing() is None
    assert len(books[0].study.get_trials()) == 2, "no trial was asked for beside those"


def test_an_undrawn_trial_serves_a_failed_pair_first(lab: Any, backlog_of: Any) -> None:
    backlog, books = backlog_of(lab.study(space={"objective.alpha": {"grid": [0, 1]}}))
    failed = backlog.next_missing()
    failed.row.state = "FAIL"
    books[0].study.ask()
    backlog.line_up([], leftovers.undrawn(books))
    backlog.retry(leftovers.failed(books))
    retry = backlog.next_undrawn()
    assert (retry.number, retry.row.record.retry_of, retry.row.record.pair) == (1, 0, failed.row.record.pair)
    assert backlog.next_failed() is None, "once"
