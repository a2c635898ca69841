"""How trials end, and who is told what."""

import math
from typing import Any

import pytest
from optuna.trial import TrialState

from spreadtune.run_folder import Outcome
from spreadtune.search import ledger as ledger_module

HALVING = {"name": "successive_halving", "min_epochs": 2, "reduction": 2}
ALPHA = {"objective.alpha": {"grid": [0, 0.25, 0.5, 0.75]}}


def optuna_trials(ledger: Any) -> Any:
    return ledger._books[0].study.get_trials()


def test_a_finished_trial_is_told_with_its_value(lab: Any) -> None:
    ledger = lab.open(lab.study(space=ALPHA))
    assignment = ledger.next()
    outcome = lab.finish(ledger, assignment, 0.75)
    assert outcome.values == {"transfer_accuracy": 0.75}
    assert assignment.folder.outcome() == outcome
    [told] = optuna_trials(ledger)
    assert (told.state, told.value, told.params) == (TrialState.COMPLETE, 0.75, {"objective.alpha": 0})


def test_studies_are_named_and_directed(lab: Any) -> None:
    study = lab.study(space=ALPHA, optimize={"spread": "minimize"}, variants={"a": {}, "b": {}})
    ledger = lab.open(study)
    assert [book.study.study_name for book in ledger._books] == [f"{lab.run.label}/a", f"{lab.run.label}/b"]
    assert all(book.study.direction.name == "MINIMIZE" for book in ledger._books)


def test_a_stopped_trial_is_pruned_with_what_it_reported(lab: Any) -> None:
    ledger = lab.open(lab.study(space=ALPHA, early_stopping=HALVING))
    good, bad = ledger.next(), ledger.next()
    assert not ledger.report(good.number, 1, {"spread": 0.1}), "an epoch without the watched metric decides nothing"
    for epoch in (2, 4):
        assert not ledger.report(good.number, epoch, {"knn_transfer_accuracy": 0.9})
    assert not ledger.report(bad.number, 1, {"knn_transfer_accuracy": 0.05, "spread": 0.3})
    assert ledger.report(bad.number, 2, {"knn_transfer_accuracy": 0.1, "spread": 0.2})
    assert ledger.report(bad.number, 3, {"knn_transfer_accuracy": 1.0}), "stopped stays stopped"

    outcome = ledger.settle(bad.number)
    assert (outcome.state, outcome.epoch) == ("PRUNED", 2)
    assert outcome.reason == "stopped early at epoch 2 (successive_halving)"
    assert outcome.metrics == {"knn_transfer_accuracy": 0.1, "spread": 0.2}, "its last report and no probe"
    told = optuna_trials(ledger)[1]
    assert told.state == TrialState.PRUNED
    assert told.intermediate_values == {1: 0.05, 2: 0.1}
    assert told.value == 0.1
    assert told.user_attrs["reason"] == outcome.reason
    assert ledger.report(bad.number, 4, {"knn_transfer_accuracy": 1.0}), "an orphan of a settled trial is to stop"


def test_a_stopped_trial_has_the_theory_of_expected_class_counts(lab: Any) -> None:
    """Oracle: stored values for two classes of 64 images at temperature 0.5."""
    study = lab.study(space={"objective.alpha": {"grid": [0, 0.569]}}, early_stopping=HALVING)
    ledger = lab.open(study)
    good, bad = ledger.next(), ledger.next()
    ledger.report(good.number, 2, {"knn_transfer_accuracy": 0.9})
    assert ledger.report(bad.number, 2, {"knn_transfer_accuracy": 0.1})
    theory = {"images_per_class": 64, "alpha_c": 0.5191, "alpha_m": 0.6848, "spread": 0.1245}
    assert ledger.settle(bad.number).theory == pytest.approx(theory, abs=1e-4)
    assert bad.folder.outcome().theory == pytest.approx(theory, abs=1e-4)
    assert ledger.settle(good.number, error="vanished").theory == {}, "a fault may be one of the data"


def test_a_diverged_trial_has_it_too_and_recorded_theory_stays(lab: Any) -> None:
    ledger = lab.open(lab.study(space=ALPHA))
    early, late = ledger.next(), ledger.next()
    lab.write(early, Outcome("PRUNED", "diverged: loss is nan at epoch 1", 0))
    assert ledger.settle(early.number).theory.keys() == {"images_per_class", "alpha_c", "alpha_m", "spread"}
    lab.write(late, Outcome("COMPLETE", epoch=10, theory={"alpha_c": 0.25}))
    outcome = ledger.settle(late.number)
    assert (outcome.state, outcome.theory) == ("PRUNED", {"alpha_c": 0.25})


def test_the_last_epoch_is_never_stopped(lab: Any) -> None:
    ledger = lab.open(lab.study(space=ALPHA, early_stopping={**HALVING, "min_epochs": 10}))
    good, bad = ledger.next(), ledger.next()
    assert not ledger.report(good.number, 10, {"knn_transfer_accuracy": 0.9})
    assert not ledger.report(bad.number, 10, {"knn_transfer_accuracy": 0.1})
    assert optuna_trials(ledger)[1].intermediate_values == {10: 0.1}


def test_a_stop_outlives_the_driver_that_ordered_it(lab: Any) -> None:
    study = lab.study(space=ALPHA, early_stopping=HALVING)
    ledger = lab.open(study)
    good, bad = ledger.next(), ledger.next()
    ledger.report(good.number, 2, {"knn_transfer_accuracy": 0.9})
    assert ledger.report(bad.number, 2, {"knn_transfer_accuracy": 0.1})
    lab.open(study)
    assert lab.run.trial(bad.number).outcome().state == "PRUNED"


def test_epochs_reported_before_a_resume_decide_nothing_again(lab: Any) -> None:
    study = lab.study(space=ALPHA, early_stopping=HALVING)
    first = lab.open(study)
    number = first.next().number
    first.report(number, 2, {"knn_transfer_accuracy": 0.1})
    again = lab.open(study)
    taken_up, better = again.next(), again.next()
    assert (taken_up.number, taken_up.resumed, better.resumed) == (number, True, False)
    again.report(better.number, 2, {"knn_transfer_accuracy": 0.9})
    assert not again.report(number, 2, {"knn_transfer_accuracy": 0.0})
    assert optuna_trials(again)[0].intermediate_values == {2: 0.1}


def test_what_the_worker_wrote_counts_more_than_the_stop(lab: Any) -> None:
    ledger = lab.open(lab.study(space=ALPHA, early_stopping=HALVING))
    good, late = ledger.next(), ledger.next()
    ledger.report(good.number, 2, {"knn_transfer_accuracy": 0.9})
    assert ledger.report(late.number, 8, {"knn_transfer_accuracy": 0.1})
    assert lab.finish(ledger, late, 0.4).state == "COMPLETE"


def test_a_diverged_trial_is_pruned_with_its_reason(lab: Any) -> None:
    ledger = lab.open(lab.study(space=ALPHA))
    assignment = ledger.next()
    lab.write(assignment, Outcome("PRUNED", "diverged: loss is nan at epoch 3", 2))
    ledger.settle(assignment.number)
    [told] = optuna_trials(ledger)
    assert (told.state, told.user_attrs["reason"]) == (TrialState.PRUNED, "diverged: loss is nan at epoch 3")


@pytest.mark.parametrize("metrics", [{}, {"transfer_accuracy": math.nan}, {"transfer_accuracy": math.inf}])
def test_a_trial_without_a_finite_value_has_diverged(lab: Any, metrics: dict[str, float]) -> None:
    ledger = lab.open(lab.study(space=ALPHA))
    assignment = ledger.next()
    lab.write(assignment, Outcome("COMPLETE", epoch=10, metrics=metrics))
    outcome = ledger.settle(assignment.number)
    assert (outcome.state, outcome.reason) == ("PRUNED", "diverged: transfer_accuracy is not a finite number")
    assert optuna_trials(ledger)[0].state == TrialState.PRUNED


def test_a_vanished_worker_is_a_fault_and_the_grid_goes_on(lab: Any) -> None:
    ledger = lab.open(lab.study(space=ALPHA))
    assignment = ledger.next()
    assignment.folder.new_attempt().append_history({"epoch": 3, "spread": 0.1})
    outcome = ledger.settle(assignment.number, error="the worker vanished 4 times")
    assert (outcome.state, outcome.reason, outcome.epoch) == ("FAIL", "the worker vanished 4 times", 3)
    assert optuna_trials(ledger)[0].state == TrialState.FAIL
    assert ledger.next().setting == 1


def test_settling_twice_changes_nothing_and_later_attempts_are_ignored(lab: Any) -> None:
    ledger = lab.open(lab.study(space=ALPHA))
    assignment = ledger.next()
    first = lab.finish(ledger, assignment, 0.6)
    lab.write(assignment, Outcome("COMPLETE", epoch=10, metrics={"transfer_accuracy": 0.9}))
    assert ledger.settle(assignment.number, error="late") == first
    assert assignment.folder.outcome() == first
    assert optuna_trials(ledger)[0].value == 0.6


@pytest.mark.parametrize("published", [True, False])
def test_a_finished_attempt_is_told_by_the_next_driver_and_not_trained(lab: Any, published: bool) -> None:
    study = lab.study(space=ALPHA)
    assignment = lab.open(study).next()
    outcome = Outcome("COMPLETE", epoch=10, values={"transfer_accuracy": 0.8}, metrics={"transfer_accuracy": 0.8})
    lab.write(assignment, outcome)
    if published:
        outcome.write(assignment.folder.result_file)
    ledger = lab.open(study)
    told = optuna_trials(ledger)[0]
    assert (told.state, told.value) == (TrialState.COMPLETE, 0.8)
    assert lab.run.trial(0).outcome() == outcome
    assert ledger.next().setting == 1


def test_running_trials_come_first_under_their_own_numbers(lab: Any) -> None:
    study = lab.study(space=ALPHA)
    first = lab.open(study)
    begun = [first.next(), first.next()]
    first.settle(begun[0].number, error="vanished")
    second = lab.open(study, retry_failed=True)
    order = [second.next() for _ in range(3)]
    assert [(a.number, a.setting, a.resumed) for a in order] == [(1, 1, True), (2, 0, False), (3, 2, False)]


def test_failed_pairs_are_tried_again_on_request_only_and_once(lab: Any) -> None:
    study = lab.study(space=ALPHA)
    ledger = lab.open(study)
    failed = ledger.next()
    ledger.settle(failed.number, error="vanished")
    lab.run_all(ledger)
    assert lab.open(study).next() is None

    assert lab.open(study).progress().missing == 0

    again = lab.open(study, retry_failed=True)
    assert (again.progress().trials.ended, again.progress().missing) == (3, 1), "it is to be run"
    retry = again.next()
    assert (again.progress().trials.failed, again.progress().missing) == (0, 1)
    assert (retry.setting, retry.seed, retry.spec) == (failed.setting, failed.seed, failed.spec)
    assert retry.number == 4
    assert again._books[0].rows[4].record.retry_of == failed.number
    again.settle(retry.number, error="vanished again")
    assert again.next() is None, "not a second time in one go"
    assert (again.progress().trials.failed, again.progress().missing) == (1, 0)

    third = lab.open(study, retry_failed=True)
    last = third.next()
    lab.finish(third, last)
    assert third._books[0].rows[last.number].record.retry_of == retry.number
    assert third.progress().trials.complete == third.progress().trials.total == 4
    assert lab.open(study, retry_failed=True).next() is None


def test_retries_do_not_count_among_trials(lab: Any) -> None:
    study = lab.study(sampler="random", trials=3, space={"objective.alpha": {"uniform": [0, 1]}})
    ledger = lab.open(study)
    ledger.settle(ledger.next().number, error="vanished")
    again = lab.open(study, retry_failed=True)
    done = lab.run_all(again)
    assert [(a.setting, a.seed) for a in done] == [(0, 0), (1, 0), (2, 0)]
    assert again.progress().trials.total == again.progress().trials.complete == 3


def test_numbers_skip_folders_that_the_database_does_not_know(lab: Any) -> None:
    lab.run.trial(6).path.mkdir(parents=True)
    assert lab.open(lab.study(space=ALPHA)).next().number == 7


def test_a_trial_that_could_not_be_handed_out_is_handed_out_next(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = lab.open(lab.study(space=ALPHA))

    def disk_full(*_: Any) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(ledger_module, "write_atomic", disk_full)
        with pytest.raises(OSError, match="No space left"):
            ledger.next()
    assert [(a.number, a.setting) for a in lab.run_all(ledger)] == [(0, 0), (1, 1), (2, 2), (3, 3)]


def test_progress_knows_the_total_from_the_start(lab: Any) -> None:
    ledger = lab.open(lab.study(space=ALPHA, seeds=2), references=True)
    progress = ledger.progress()
    assert (progress.trials.total, progress.references.total, progress.best) == (8, 2, None)
    lab.finish(ledger, ledger.next(), 0.4)
    lab.finish(ledger, ledger.next(), 0.6)
    ledger.next()
    progress = ledger.progress()
    assert (progress.trials.complete, progress.trials.running, progress.references.ended) == (2, 1, 0)
    assert (progress.best.mean, progress.best.label) == (0.6, "alpha 0.25")
    assert [(found.setting, found.results) for found in progress.choice.settings] == [(1, (0.6,)), (0, (0.4,))]
    assert lab.open(lab.study(space=ALPHA, seeds=2)).progress().best == progress.best


def test_the_best_of_a_minimized_metric_is_the_lowest(lab: Any) -> None:
    ledger = lab.open(lab.study(space=ALPHA, optimize={"spread": "minimize"}))
    for value in (0.4, 0.1, 0.6):
        assignment = ledger.next()
        lab.write(assignment, Outcome("COMPLETE", epoch=10, metrics={"spread": value}))
        ledger.settle(assignment.number)
    assert ledger.progress().best.mean == 0.1


def test_a_trial_asked_for_that_nothing_is_left_for_is_closed(lab: Any) -> None:
    study = lab.study(space={"objective.alpha": {"grid": [0]}})
    ledger = lab.open(study)
    lab.run_all(ledger)
    ledger._books[0].study.ask()
    again = lab.open(study)
    assert again.next() is None
    assert optuna_trials(again)[1].state == TrialState.FAIL
    assert again.progress().trials.failed == 0
