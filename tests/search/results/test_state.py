"""Is a run finished? Asked without becoming its driver."""

from typing import Any

from spreadtune.search.results.state import is_unfinished, run_state

GRID = {"seeds": 2, "space": {"objective.alpha": {"grid": [0, 1]}}}
RANDOM = {"sampler": "random", "trials": 2, "space": {"objective.alpha": {"uniform": [0, 1]}}}


def test_a_run_without_a_database_has_all_to_do(lab: Any) -> None:
    lab.run.database_file.unlink()
    state = run_state(lab.study(**GRID), lab.run)
    assert (state.total, state.settled, state.failed, state.unfinished) == (4, 0, 0, True)
    assert not lab.run.database_file.exists(), "asking writes nothing"


def test_a_database_without_this_study_too(lab: Any) -> None:
    assert is_unfinished(lab.study(**GRID), lab.run)


def test_a_running_trial_settles_nothing(lab: Any) -> None:
    ledger = lab.open(lab.study(**GRID))
    for _ in range(3):
        lab.finish(ledger, ledger.next())
    ledger.next()
    state = run_state(lab.study(**GRID), lab.run)
    assert (state.settled, state.unfinished) == (3, True)


def test_a_failed_trial_settles_its_pair(lab: Any) -> None:
    for search in (GRID, RANDOM):
        study = lab.study(**search, variants={search.get("sampler", "grid"): {}})
        ledger = lab.open(study)
        failed = ledger.next()
        ledger.settle(failed.number, error="vanished")
        lab.run_all(ledger)
        state = run_state(study, lab.run)
        assert (state.unfinished, state.failed) == (False, 1)
        again = lab.open(study, retry_failed=True)
        again.next()
        assert not is_unfinished(study, lab.run), "a retry that is under way opens nothing again"


def test_raised_counts_open_a_finished_run(lab: Any) -> None:
    lab.run_all(lab.open(lab.study(**RANDOM)))
    assert not is_unfinished(lab.study(**RANDOM), lab.run)
    assert is_unfinished(lab.study(**RANDOM | {"trials": 3}), lab.run)


def test_a_reference_that_was_left_in_the_middle_is_missing(lab: Any) -> None:
    study = lab.study(space={"objective.alpha": {"grid": [0]}})
    lab.run_all(lab.open(study, references=True))
    assert not run_state(study, lab.run).unfinished
    lab.run.reference(0).result_file.unlink()
    state = run_state(study, lab.run)
    assert (state.references_left, state.unfinished) == (1, True)
