"""A search that begins with what another run found."""

import itertools
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from optuna.trial import TrialState

from spreadtune.run_folder import Outcome
from spreadtune.search.sampling.warm_start import WARM
from spreadtune.search.storage.reading import stored_rows

SEARCH = {"sampler": "tpe", "trials": 6, "space": {"objective.alpha": {"uniform": [0, 1]}}}
NARROW = {**SEARCH, "trials": 3, "space": {"objective.alpha": {"uniform": [0.25, 1]}}}


def searched(lab: Any) -> Any:
    """A finished run whose second trial diverged; its study."""
    study = lab.study(**SEARCH)
    ledger = lab.open(study)
    while assignment := ledger.next():
        alpha = assignment.spec.objective.alpha
        if assignment.number == 1:
            lab.write(assignment, Outcome("PRUNED", "diverged", epoch=3))
            ledger.settle(assignment.number)
        else:
            lab.finish(ledger, assignment, 1 - abs(alpha - 0.6))
    return study


def test_what_lies_in_the_new_space_is_learned_and_is_no_trial_of_the_run(new_lab: Callable[[], Any]) -> None:
    before, lab = new_lab(), new_lab()
    earlier = stored_rows(searched(before), before.run)["main"]
    study = lab.study(**NARROW)
    ledger = lab.open(study)
    inside = {n: row for n, row in earlier.items() if row.record.params["objective.alpha"] >= 0.25}
    assert 0 < len(inside) < len(earlier)
    assert ledger.learn({"main": earlier}, before.run.label) == len(inside)
    assert ledger.progress().trials.total == 3
    done = lab.run_all(ledger)
    assert [assignment.number for assignment in done] == [0, 1, 2]
    trials = ledger._books[0].study.trials
    learned = {trial.user_attrs[WARM]["trial"]: trial for trial in trials if WARM in trial.user_attrs}
    assert learned.keys() == inside.keys()
    for number, trial in learned.items():
        assert trial.params == dict(inside[number].record.params)
        assert trial.state == TrialState[inside[number].state]
        if trial.state == TrialState.COMPLETE:
            assert trial.value == inside[number].metrics["transfer_accuracy"]
    assert ledger.next() is None


@pytest.mark.slow
def test_the_sampler_goes_by_it(new_lab: Callable[[], Any]) -> None:
    before, warm, cold = new_lab(), new_lab(), new_lab()
    study = before.study(**{**SEARCH, "trials": 30})
    before.run_all(before.open(study), lambda assignment: 1 - abs(assignment.spec.objective.alpha - 0.6))
    asked = warm.study(**{**SEARCH, "trials": 5})
    ledger = warm.open(asked)
    ledger.learn(stored_rows(study, before.run), "tiny/earlier")  # what is drawn depends on it
    near = [abs(assignment.spec.objective.alpha - 0.6) for assignment in warm.run_all(ledger)]
    blind = [abs(assignment.spec.objective.alpha - 0.6) for assignment in cold.run_all(cold.open(asked))]
    assert median(near) < median(blind) / 2


@pytest.mark.parametrize("sampler", ["random", "qmc", "tpe"])
def test_the_extension_of_an_extension_draws_anew(new_lab: Callable[[], Any], sampler: str) -> None:
    """Its trials have the numbers in Optuna that those of the extended run had, which began with as many."""
    labs = [new_lab() for _ in range(3)]
    study = labs[0].study(**{**SEARCH, "sampler": sampler, "trials": 4})
    labs[0].run_all(labs[0].open(study))
    for earlier, lab in itertools.pairwise(labs):
        ledger = lab.open(study)
        assert ledger.learn(stored_rows(study, earlier.run), earlier.run.label) == 4
        lab.run_all(ledger)
    drawn = [
        {row.record.params["objective.alpha"] for row in stored_rows(study, lab.run)["main"].values()} for lab in labs
    ]
    assert len(set.union(*drawn)) == 12


@pytest.mark.parametrize("sampler", ["random", "qmc", pytest.param("gp", marks=pytest.mark.slow), "nsga2"])
def test_every_sampler_goes_on_from_there(new_lab: Callable[[], Any], sampler: str) -> None:
    before, lab = new_lab(), new_lab()
    rows = stored_rows(searched(before), before.run)
    ledger = lab.open(lab.study(**{**SEARCH, "sampler": sampler, "trials": 10}))
    assert ledger.learn(rows, before.run.label) == 6
    settings = [assignment.spec.objective.alpha for assignment in lab.run_all(ledger)]
    assert len(set(settings)) == 10


def test_other_parameters_and_what_was_not_measured_are_left_out(new_lab: Callable[[], Any]) -> None:
    before, lab = new_lab(), new_lab()
    rows = stored_rows(searched(before), before.run)
    other = {"space": {"objective.alpha": {"uniform": [0, 1]}, "objective.temperature": {"uniform": [0.1, 1]}}}
    assert lab.open(lab.study(**{**SEARCH, **other})).learn(rows, "a run") == 0
    bounded = new_lab()
    study = bounded.study(**SEARCH, subject_to={"class_accuracy": ">= 0.5"})
    assert bounded.open(study).learn(rows, "a run") == 1, "the diverged one alone: class accuracy was not measured"
