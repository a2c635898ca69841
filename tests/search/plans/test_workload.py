"""What there is to train, before anything starts and after some of it was."""

from collections import Counter
from typing import Any

import pytest

from spreadtune.run_folder import Outcome
from spreadtune.search.assignment import Assignment
from spreadtune.search.ledger import Ledger
from spreadtune.search.plans.workload import Workload, workload
from spreadtune.spec.study import Study
from tests.lab import Lab

GRID: dict[str, Any] = {"space": {"objective.alpha": {"grid": [0, 0.5, 1]}}, "seeds": 2}


def counted(study: Study, **options: Any) -> Workload:
    options = {"references": False, "mean_class_counts": lambda _: [64.0, 64.0]} | options
    return workload(study, **options)


def alphas(work: Workload) -> list[float]:
    return [job.spec.objective.alpha for job in work.trials]  # type: ignore[attr-defined]


def test_a_grid_is_every_setting_at_every_seed_in_the_order_in_which_they_run(lab: Lab) -> None:
    work = counted(lab.study(**GRID))
    [variant] = work.variants
    assert (variant.name, variant.settings, variant.total) == ("main", 3, 6)
    assert alphas(work) == [0, 0.5, 1, 0, 0.5, 1]
    assert work.epochs == 60
    assert not work.references


def test_variants_count_their_own_settings_and_epochs(lab: Lab) -> None:
    study = lab.study(
        **GRID,
        variants={
            "spread": {},
            "supcon": {"set": {"objective.alpha": 0}},
            "long": {"set": {"training.epochs": 20}, "space": {"objective.temperature": {"grid": [0.1, 0.5]}}},
        },
    )
    work = counted(study)
    assert [(load.name, load.settings, load.total, len(load.jobs)) for load in work.variants] == [
        ("spread", 3, 6, 6),
        ("supcon", 1, 2, 2),
        ("long", 2, 4, 4),
    ]
    assert work.epochs == 8 * 10 + 4 * 20


def test_a_setting_that_a_condition_makes_twice_counts_once(lab: Lab) -> None:
    space = {
        "model.head": {"grid": ["none", "mlp"]},
        "model.head_dim": {"grid": [8, 16, 32], "when": {"model.head": "mlp"}},
    }
    [variant] = counted(lab.study(space=space, seeds=3)).variants
    assert (variant.settings, variant.total, len(variant.jobs)) == (4, 12, 12)


def test_references_are_one_for_each_seed_of_a_grid_and_one_of_a_search(lab: Lab) -> None:
    work = counted(lab.study(**GRID), references=True)
    assert [job.spec.seed.index for job in work.references] == [0, 1]
    assert work.epochs == 60 + 20
    drawn = lab.study(sampler="random", trials=5, space={"objective.alpha": {"uniform": [0, 1]}})
    assert len(counted(drawn, references=True).references) == 1


def test_a_search_that_draws_counts_its_trials_in_each_variant(lab: Lab) -> None:
    study = lab.study(
        sampler="tpe",
        trials=7,
        space={"training.epochs": {"int": [10, 30]}, "objective.alpha": {"window": [0, 1]}},
        variants={"a": {}, "b": {"set": {"training.epochs": 4}}},
    )
    a, b = counted(study).variants
    assert (a.settings, a.total, b.total) == (None, 7, 7)
    assert Counter(job.epochs for job in a.jobs) == {10: 3, 30: 4}
    assert Counter(job.epochs for job in b.jobs) == {4: 7}


@pytest.fixture
def resumed(lab: Lab) -> Study:
    """Of six pairs one is complete, one failed, one in training after three of ten epochs; a reference has ended, which
    nobody was told."""
    study = lab.study(**GRID)
    ledger = lab.open(study, references=True)
    complete, failed, running, reference = (handed_out(ledger) for _ in range(4))
    lab.finish(ledger, complete)
    lab.write(failed, Outcome("FAIL", "on fire", epoch=2))
    ledger.settle(failed.number)
    running.folder.new_attempt().checkpoint_file(3).touch()
    assert reference.kind == "reference"
    lab.write(reference, Outcome("COMPLETE", epoch=10))
    ledger.close()
    return study


def handed_out(ledger: Ledger) -> Assignment:
    assignment = ledger.next()
    assert assignment
    return assignment


def test_a_resume_counts_what_is_missing_what_was_begun_and_what_failed(lab: Lab, resumed: Study) -> None:
    work = counted(resumed, run=lab.run, references=True)
    assert sorted((*pair,) for pair in zip(alphas(work), (job.done for job in work.trials), strict=True)) == [
        (0, 0),  # at the second seed
        (0.5, 0),  # failed
        (0.5, 0),  # at the second seed
        (1, 0),  # at the second seed
        (1, 3),  # in training
    ]
    assert [job.spec.seed.index for job in work.references] == [1]
    assert work.epochs == 4 * 10 + 7 + 10


def test_raised_seeds_are_missing_too(lab: Lab, resumed: Study) -> None:
    work = counted(resumed.with_counts(seeds=3), run=lab.run)
    assert work.epochs == 4 * 10 + 7 + 3 * 10


def test_a_confirmation_counts_like_the_search_until_its_setting_is_known(lab: Lab) -> None:
    study = lab.study(seeds=2, space={"objective.alpha": {"grid": [0.25, 0.5, 1]}}, confirm={"seeds": 4})
    before = counted(study)
    assert len(before.trials) == 6
    assert [job.spec.objective.alpha for job in before.confirm] == [0.25, 0.25, 0.5, 1]  # type: ignore[attr-defined]
    assert before.epochs == 100
    drawn = lab.study(sampler="random", trials=3, space={"training.epochs": {"choice": [5, 10]}}, confirm={"seeds": 2})
    assert [job.epochs for job in counted(drawn).confirm] == [5, 10]

    ledger = lab.open(study)
    for _ in range(6):
        assignment = handed_out(ledger)
        lab.finish(ledger, assignment, assignment.seed - abs(assignment.spec.objective.alpha - 0.5))  # type: ignore[attr-defined]
    begun, failed, _ = (handed_out(ledger) for _ in range(3))
    begun.folder.new_attempt().checkpoint_file(7).touch()
    ledger.settle(failed.number, error="vanished")
    ledger.close()
    after = counted(study, run=lab.run)
    assert after.trials == ()
    assert sorted(job.done for job in after.confirm) == [0, 0, 0, 7]
    assert {job.spec.objective.alpha for job in after.confirm} == {0.5}  # type: ignore[attr-defined]


def test_a_supcon_beside_the_best_counts_before_and_after_it_is_known(lab: Lab) -> None:
    study = lab.study(**GRID, confirm={"seeds": 2})
    assert len(counted(study).confirm) == 4
    ledger = lab.open(study)
    for _ in range(6):
        assignment = handed_out(ledger)
        lab.finish(ledger, assignment, assignment.spec.objective.alpha)  # type: ignore[attr-defined]
    ledger.close()
    found = counted(study, run=lab.run).confirm
    assert [job.spec.objective.alpha for job in found] == [1, 0, 1, 0]  # type: ignore[attr-defined]


def test_nothing_is_left_of_a_finished_run(lab: Lab) -> None:
    study = lab.study(**GRID)
    ledger = lab.open(study, references=True)
    lab.run_all(ledger)
    ledger.close()
    before = sorted(lab.run.path.rglob("*"))
    work = counted(study, run=lab.run, references=True)
    assert work.jobs == ()
    assert work.epochs == 0
    assert [path for path in sorted(lab.run.path.rglob("*")) if "optuna" not in path.name] == [
        path for path in before if "optuna" not in path.name
    ]


def test_a_search_that_was_begun_lacks_the_trials_that_were_not_drawn(lab: Lab) -> None:
    study = lab.study(sampler="random", trials=5, space={"objective.alpha": {"uniform": [0, 1]}})
    ledger = lab.open(study)
    first, second = handed_out(ledger), handed_out(ledger)
    lab.finish(ledger, first)
    second.folder.new_attempt().checkpoint_file(4).touch()
    ledger.close()
    work = counted(study, run=lab.run)
    assert sorted(job.done for job in work.trials) == [0, 0, 0, 4]
    assert work.epochs == 3 * 10 + 6
