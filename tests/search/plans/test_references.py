"""Floors and ceiling: how many, when, with which values, and after a kill."""

from typing import Any

import pytest

from spreadtune.run_folder import Outcome
from spreadtune.search.results.overview import stored_progress
from spreadtune.spec.load import load_trial
from spreadtune.spec.objective import InfoNCEObjective, SpreadObjective
from spreadtune.spec.reference import reference_spec

ALPHA = {"objective.alpha": {"grid": [0, 1]}}


def kinds(assignments: Any) -> list[tuple[str, int]]:
    return [(a.kind, a.seed) for a in assignments]


def test_a_grid_has_one_for_each_seed_after_its_first_pass(lab: Any) -> None:
    done = lab.run_all(lab.open(lab.study(seeds=2, space=ALPHA), references=True))
    assert kinds(done) == [("trial", 0)] * 2 + [("reference", 0), ("reference", 1)] + [("trial", 1)] * 2
    assert [a.number for a in done if a.kind == "trial"] == [0, 1, 2, 3], "references take no trial numbers"


def test_an_adaptive_search_has_one_after_its_last_trial(lab: Any) -> None:
    study = lab.study(sampler="random", trials=2, seeds=3, space={"objective.alpha": {"uniform": [0, 1]}})
    done = lab.run_all(lab.open(study, references=True))
    assert kinds(done) == [("trial", 0), ("trial", 0), ("reference", 0)]


def test_raised_seeds_add_theirs(lab: Any) -> None:
    lab.run_all(lab.open(lab.study(seeds=1, space=ALPHA), references=True))
    done = lab.run_all(lab.open(lab.study(seeds=2, space=ALPHA), references=True))
    assert kinds(done) == [("reference", 1), ("trial", 1), ("trial", 1)]


def test_none_where_class_and_subclass_are_the_same(lab: Any) -> None:
    assert kinds(lab.run_all(lab.open(lab.study(space=ALPHA), references=False))) == [("trial", 0)] * 2


def test_they_run_the_files_own_values_without_the_two_weights(lab: Any) -> None:
    study = lab.study(
        seed=5,
        seeds=2,
        space={"objective.temperature": {"grid": [0.1, 0.2]}},
        variants={"deep": {"set": {"model.head": "mlp", "objective.autoencoder_weight": 2.0}}},
    )
    spec = reference_spec(study, 1)
    assert (spec.objective.alpha, spec.objective.autoencoder_weight) == (0, 0)
    assert spec.objective.temperature == 0.5, "the default, where the searched path has no value in the file"
    assert spec.model.head == "none", "before variants"
    assert (spec.seed.study, spec.seed.stage, spec.seed.index) == (5, "search", 1)
    assert spec.training == study.training


def test_a_loss_that_is_blind_to_labels_is_replaced_by_supcon(lab: Any) -> None:
    """With subclasses as its classes it would be trained as ever, and what it reaches be called a ceiling."""
    study = lab.study(space={})
    blind = study.model_copy(update={"objective": InfoNCEObjective(temperature=0.2)})
    assert reference_spec(blind, 0).objective == SpreadObjective(alpha=0.0, temperature=0.2)


def test_their_spec_lies_in_their_folder(lab: Any) -> None:
    ledger = lab.open(lab.study(space={}), references=True)
    ledger.next()
    reference = ledger.next()
    assert reference.folder.path == lab.run.reference(0).path
    assert load_trial(reference.folder.spec_file) == reference.spec


def test_a_begun_one_is_taken_up_and_an_ended_one_published(lab: Any) -> None:
    study = lab.study(seeds=2, space=ALPHA)
    ledger = lab.open(study, references=True)
    for _ in range(2):
        lab.finish(ledger, ledger.next())
    ended, begun = ledger.next(), ledger.next()
    lab.write(ended, Outcome("COMPLETE", epoch=10, metrics={"raw_pixels.transfer_accuracy": 0.9}))
    again = lab.open(study, references=True)
    assert lab.run.reference(ended.seed).outcome().state == "COMPLETE"
    assert again.progress().references.ended == 1
    taken_up = again.next()
    assert (taken_up.kind, taken_up.seed, taken_up.resumed) == ("reference", begun.seed, True)


def test_a_confirmation_has_one_of_its_own_at_the_very_end(lab: Any) -> None:
    study = lab.study(seeds=2, space=ALPHA, confirm={"seeds": 2})
    ledger = lab.open(study, references=True)
    assert ledger.progress().references.total == 3
    *_, before, last = lab.run_all(ledger)
    assert (before.kind, before.spec.seed.stage) == ("trial", "confirm")
    assert (last.kind, last.seed, last.spec.seed.stage) == ("test reference", 0, "confirm")
    assert last.folder.path == lab.run.reference(0, "confirm").path != lab.run.reference(0).path
    assert ledger.progress().missing == 0
    more = lab.open(lab.study(seeds=2, space=ALPHA, confirm={"seeds": 3}), references=True)
    assert [a.kind for a in lab.run_all(more)] == ["trial"], "one is enough"


def test_one_of_the_confirmation_that_was_begun_is_taken_up_first(lab: Any) -> None:
    study = lab.study(space={}, confirm={"seeds": 1})
    ledger = lab.open(study, references=True)
    while (assignment := ledger.next()).kind != "test reference":
        if assignment.kind == "trial":
            lab.finish(ledger, assignment)
        else:
            lab.write(assignment, Outcome("COMPLETE", epoch=10))
            ledger.settle_reference(assignment.seed)
    lab.kill(ledger)
    assert stored_progress(study, lab.run).unfinished
    again = lab.open(lab.study(space={}, confirm={"seeds": 2}), references=True)
    assert [(a.kind, a.resumed) for a in lab.run_all(again)] == [("test reference", True), ("trial", False)]


@pytest.mark.parametrize("retry", [False, True])
def test_a_failed_one_is_tried_again_on_request(lab: Any, retry: bool) -> None:
    study = lab.study(space={})
    ledger = lab.open(study, references=True)
    lab.finish(ledger, ledger.next())
    reference = ledger.next()
    assert ledger.settle_reference(reference.seed, error="vanished").reason == "vanished"
    assert ledger.settle_reference(reference.seed, error="later").reason == "vanished", "published once"
    again = lab.open(study, references=True, retry_failed=retry)
    assert again.progress().missing == retry, "a failed one that waits for another try is to be run"
    done = lab.run_all(again)
    assert kinds(done) == [("reference", 0)] * retry
    assert lab.run.reference(0).outcome().state == ("COMPLETE" if retry else "FAIL")
