"""Is a run finished? Asked without becoming its driver."""

from typing import Any

from spreadtune.search.results.overview import stored_progress
from spreadtune.search.results.progress import Counts

GRID = {"seeds": 2, "space": {"objective.alpha": {"grid": [0, 1]}}}
RANDOM = {"sampler": "random", "trials": 2, "space": {"objective.alpha": {"uniform": [0, 1]}}}


def test_a_run_without_a_database_has_all_to_do(lab: Any) -> None:
    lab.run.database_file.unlink()
    state = stored_progress(lab.study(**GRID), lab.run)
    assert (state.search, state.unfinished) == (Counts(4), True)
    assert not lab.run.database_file.exists(), "asking writes nothing"


def test_a_database_without_this_study_too(lab: Any) -> None:
    assert stored_progress(lab.study(**GRID), lab.run).unfinished


def test_a_running_trial_settles_nothing(lab: Any) -> None:
    ledger = lab.open(lab.study(**GRID))
    for _ in range(3):
        lab.finish(ledger, ledger.next())
    ledger.next()
    state = stored_progress(lab.study(**GRID), lab.run)
    assert (state.search.settled, state.unfinished) == (3, True)


def test_a_failed_trial_settles_its_pair(lab: Any) -> None:
    for search in (GRID, RANDOM):
        study = lab.study(**search, variants={search.get("sampler", "grid"): {}})
        ledger = lab.open(study)
        failed = ledger.next()
        ledger.settle(failed.number, error="vanished")
        lab.run_all(ledger)
        state = stored_progress(study, lab.run)
        assert (state.unfinished, state.search.failed) == (False, 1)
        again = lab.open(study, retry_failed=True)
        again.next()
        assert not stored_progress(study, lab.run).unfinished, "a retry that is under way opens nothing again"


def test_raised_counts_open_a_finished_run(lab: Any) -> None:
    lab.run_all(lab.open(lab.study(**RANDOM)))
    assert not stored_progress(lab.study(**RANDOM), lab.run).unfinished
    assert stored_progress(lab.study(**RANDOM | {"trials": 3}), lab.run).unfinished


def test_a_reference_that_was_left_in_the_middle_is_missing(lab: Any) -> None:
    study = lab.study(space={"objective.alpha": {"grid": [0]}})
    lab.run_all(lab.open(study, references=True))
    assert not stored_progress(study, lab.run).unfinished
    lab.run.reference(0).result_file.unlink()
    state = stored_progress(study, lab.run)
    assert (state.references.missing, state.unfinished) == (1, True)
