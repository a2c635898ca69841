"""What is confirmed, when, and what it leaves alone."""

from typing import Any

import optuna
import pytest

from spreadtune.run_folder import Outcome
from spreadtune.search.results.overview import stored_progress
from spreadtune.search.storage.database import database_url

GRID = {"objective.alpha": {"grid": [0.25, 0.5, 1]}}
VARIANTS = {"spread": {}, "supcon": {"set": {"objective.alpha": 0}}}


def by_alpha(assignment: Any) -> float:
    return float(assignment.spec.objective.alpha)


def pairs(done: list[Any], stage: str = "confirm") -> list[tuple[str, int, int]]:
    return [(each.variant, each.setting, each.seed) for each in done if each.variant and each.spec.seed.stage == stage]


def test_the_best_of_every_variant_gets_seeds_of_its_own_after_everything_else(lab: Any) -> None:
    study = lab.study(seeds=2, space=GRID, variants=VARIANTS, confirm={"seeds": 2})
    done = lab.run_all(lab.open(study, references=True), by_alpha)
    kinds = [each.spec.seed.stage if each.kind == "trial" else each.kind for each in done]
    assert kinds[-5:] == ["confirm"] * 4 + ["test reference"]
    assert not {"confirm", "test reference"}.intersection(kinds[:-5])
    assert pairs(done) == [("spread", 2, 0), ("supcon", 0, 0), ("spread", 2, 1), ("supcon", 0, 1)]
    assert (done[-1].spec.seed.stage, done[-1].spec.seed.index) == ("confirm", 0)
    confirmed = done[-5:-1]
    assert [each.number for each in confirmed] == [8, 9, 10, 11]
    assert [(each.spec.objective.alpha, each.spec.seed.index) for each in confirmed] == [(1, 0), (0, 0), (1, 1), (0, 1)]
    assert confirmed[0].label == "spread: alpha 1, confirmation seed 0"
    assert confirmed[0].spec.seed.stream("views") != done[0].spec.seed.stream("views")


def test_a_supcon_among_the_settings_is_confirmed_beside_the_best(lab: Any) -> None:
    space = {"objective.temperature": {"grid": [0.1, 0.5]}, "objective.alpha": {"grid": [0, 1]}}
    study = lab.study(space=space, confirm={"seeds": 2})
    ledger = lab.open(study)
    assert ledger.progress().confirmation.total == 4, "known before the search"

    def value(assignment: Any) -> float:
        return by_alpha(assignment) + 0.5 * (assignment.spec.objective.temperature == 0.1) * (by_alpha(assignment) == 0)

    done = lab.run_all(ledger, value)
    confirmed = [each.spec.objective for each in done if each.spec.seed.stage == "confirm"]
    assert [(each.alpha, each.temperature) for each in confirmed] == [(1, 0.1), (0, 0.1)] * 2
    assert pairs(done) == [("main", 1, 0), ("main", 0, 0), ("main", 1, 1), ("main", 0, 1)]
    assert (ledger.progress().confirmation.total, ledger.progress().missing) == (4, 0)


def test_without_it_nothing_is_confirmed(lab: Any) -> None:
    assert pairs(lab.run_all(lab.open(lab.study(space=GRID)), by_alpha)) == []


def test_nothing_is_chosen_while_a_trial_of_the_search_is_in_training(lab: Any) -> None:
    ledger = lab.open(lab.study(space=GRID, confirm={"seeds": 1}))
    assert (ledger.progress().missing, ledger.progress().confirmation.total) == (4, 1)
    first, second, third = ledger.next(), ledger.next(), ledger.next()
    lab.finish(ledger, first, 0.5)
    lab.finish(ledger, second, 0.6)
    assert ledger.next() is None
    assert ledger.waits, "a slot is to ask again"
    lab.finish(ledger, third, 0.1)
    assert not ledger.waits
    assert ledger.next().setting == second.setting
    assert ledger.next() is None
    assert not ledger.waits


def test_companions_hold_it_and_the_searchs_studies_do_not(lab: Any) -> None:
    study = lab.study(space=GRID, variants=VARIANTS, confirm={"seeds": 2})
    lab.run_all(lab.open(study), by_alpha)
    url = database_url(lab.run, None).render_as_string()
    names = optuna.get_all_study_names(storage=url)
    counts = {name.removeprefix(f"{lab.run.label}/"): len(_trials(name, url)) for name in names}
    assert counts == {"spread": 3, "supcon": 1, "spread/confirm": 2, "supcon/confirm": 2}
    assert [trial.params for trial in _trials(f"{lab.run.label}/spread/confirm", url)] == [{"objective.alpha": 1}] * 2


def _trials(name: str, url: str) -> list[optuna.trial.FrozenTrial]:
    return optuna.load_study(study_name=name, storage=url).get_trials()


def test_it_is_added_to_a_finished_run_and_raised(lab: Any) -> None:
    study = lab.study(space=GRID)
    lab.run_all(lab.open(study), by_alpha)
    once, more = study.with_counts(confirm=1), study.with_counts(confirm=3)
    assert stored_progress(study, lab.run).unfinished is False
    assert stored_progress(once, lab.run).unfinished is True
    assert pairs(lab.run_all(lab.open(once), by_alpha)) == [("main", 2, 0)]
    assert stored_progress(once, lab.run).unfinished is False
    assert pairs(lab.run_all(lab.open(more), by_alpha)) == [("main", 2, 1), ("main", 2, 2)]
    state = stored_progress(more, lab.run)
    assert (state.trials.total, state.trials.settled) == (6, 6)


def test_another_best_after_more_seeds_is_confirmed_too(lab: Any) -> None:
    study = lab.study(space=GRID, confirm={"seeds": 1})
    first = lab.run_all(lab.open(study), by_alpha)
    more = study.with_counts(seeds=2)
    again = lab.run_all(lab.open(more), lambda each: 10.0 if each.setting == 1 else 0.0)
    assert (pairs(first), pairs(again)) == ([("main", 2, 0)], [("main", 1, 0)])
    state = stored_progress(more, lab.run)
    assert (state.trials.total, state.trials.settled, state.unfinished) == (8, 8, False), (
        "the former best's stays counted"
    )


def test_an_interrupted_confirmation_waits_for_what_the_search_still_lacks(lab: Any) -> None:
    study = lab.study(space=GRID, confirm={"seeds": 2})
    ledger = lab.open(study)
    for _ in range(3):
        assignment = ledger.next()
        lab.finish(ledger, assignment, by_alpha(assignment))
    left = ledger.next()
    resumed = lab.run_all(lab.open(study.with_counts(seeds=2)), by_alpha)
    assert [each.number for each in resumed] == [4, 5, 6, left.number, 7]
    assert [each.resumed for each in resumed] == [False, False, False, True, False]


def test_a_failed_one_is_tried_again_by_a_resume(lab: Any) -> None:
    study = lab.study(space=GRID, confirm={"seeds": 2})
    ledger = lab.open(study)
    for _ in range(3):
        assignment = ledger.next()
        lab.finish(ledger, assignment, by_alpha(assignment))
    failed = ledger.next()
    assert ledger.settle(failed.number, error="vanished").state == "FAIL"
    assert pairs(lab.run_all(ledger)) == [("main", 2, 1)]
    state = stored_progress(study, lab.run)
    assert (state.trials.failed, state.unfinished) == (1, False)
    again = lab.open(study, retry_failed=True)
    assert pairs(lab.run_all(again)) == [("main", 2, 0)]
    assert again.progress().trials.failed == 0
    assert stored_progress(study, lab.run).trials.failed == 0


def test_a_search_that_is_retried_chooses_anew(lab: Any) -> None:
    study = lab.study(space=GRID, confirm={"seeds": 1})
    ledger = lab.open(study)
    trials = [ledger.next() for _ in range(3)]
    ledger.settle(trials[2].number, error="vanished")
    for trial in trials[:2]:
        lab.finish(ledger, trial, by_alpha(trial))
    assert pairs(lab.run_all(ledger)) == [("main", 1, 0)]
    assert pairs(lab.run_all(lab.open(study, retry_failed=True), by_alpha)) == [("main", 2, 0)]


def test_a_variant_without_a_finished_trial_has_none(lab: Any) -> None:
    study = lab.study(space=GRID, variants=VARIANTS, confirm={"seeds": 2})
    ledger = lab.open(study)
    done = []
    while assignment := ledger.next():
        if assignment.variant == "supcon":
            ledger.settle(assignment.number, error="vanished")
        else:
            lab.finish(ledger, assignment)
        done.append(assignment)
    assert {each[0] for each in pairs(done)} == {"spread"}
    assert ledger.progress().missing == 0
    assert stored_progress(study, lab.run).unfinished is False


def test_early_stopping_leaves_it_alone(lab: Any) -> None:
    halving = {"name": "successive_halving", "min_epochs": 1, "reduction": 2}
    ledger = lab.open(lab.study(space=GRID, early_stopping=halving, confirm={"seeds": 3}))
    for _ in range(3):
        lab.finish(ledger, ledger.next())
    worse = [0.9, 0.5, 0.1]
    for accuracy in worse:
        number = ledger.next().number
        assert not any(ledger.report(number, epoch, {"knn_transfer_accuracy": accuracy}) for epoch in range(1, 10))


@pytest.mark.parametrize("metrics", [{}, {"test.transfer_accuracy": 0.4}])
def test_its_value_is_that_of_validation(lab: Any, metrics: dict[str, float]) -> None:
    ledger = lab.open(lab.study(space={}, confirm={"seeds": 1}))
    lab.finish(ledger, ledger.next())
    confirmed = ledger.next()
    lab.write(confirmed, Outcome("COMPLETE", epoch=10, metrics={"transfer_accuracy": 0.45} | metrics))
    assert ledger.settle(confirmed.number).values == {"transfer_accuracy": 0.45}
    assert ledger.progress().best.mean == 0.5, "the best is that of the search"
