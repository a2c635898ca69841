"""Which early stopping the study file's names are."""

from typing import Any

import pytest
from optuna.pruners import MedianPruner, NopPruner

from spreadtune.search.stopping.pruners import make_pruner
from spreadtune.search.stopping.rungs import Hyperband, SuccessiveHalving
from spreadtune.spec.search import STOPPINGS

SPACE = {"objective.alpha": {"uniform": [0, 1]}}


KINDS = {
    "none": NopPruner,
    "median": MedianPruner,
    "successive_halving": SuccessiveHalving,
    "hyperband": Hyperband,
}


def test_every_way_of_stopping_is_tried() -> None:
    assert KINDS.keys() == STOPPINGS.keys()


@pytest.mark.parametrize(("stopping", "kind"), KINDS.items(), ids=KINDS)
def test_kinds(lab: Any, stopping: str, kind: type) -> None:
    study = lab.study(sampler="random", trials=1, space=SPACE, early_stopping=stopping)
    assert type(make_pruner(study.search.early_stopping, epochs=10)) is kind


def stops(lab: Any, stopping: dict[str, Any], curves: list[dict[int, float]]) -> list[int | None]:
    """The epoch at which each trial, one after the other, is stopped."""
    study = lab.study(sampler="random", trials=len(curves), space=SPACE, early_stopping=stopping)
    ledger = lab.open(study)
    stopped: list[int | None] = []
    for curve in curves:
        assignment = ledger.next()
        reports = ((e, ledger.report(assignment.number, e, {"knn_transfer_accuracy": v})) for e, v in curve.items())
        stopped.append(next((epoch for epoch, stop in reports if stop), None))
        if stopped[-1] is None:
            lab.finish(ledger, assignment)
        else:
            ledger.settle(assignment.number)
    return stopped


def test_median_waits_for_epochs_and_trials(lab: Any) -> None:
    stopping = {"name": "median", "min_epochs": 4, "startup_trials": 2}
    bad, good = {2: 0.1, 4: 0.1, 6: 0.1}, {2: 0.5, 4: 0.5, 6: 0.5}
    assert stops(lab, stopping, [good, bad, bad | {4: 0.05, 2: 0.05}, good]) == [None, None, 4, None]


def test_successive_halving_keeps_the_best_of_each_rung(lab: Any) -> None:
    """Rungs at epochs 2 and 6; of three at a rung one goes on. With fewer than three only the best so far does."""
    stopping = {"name": "successive_halving", "min_epochs": 2, "reduction": 3}
    curves = [{1: v, 2: v, 4: v, 6: v} for v in (0.5, 0.4, 0.6, 0.55)]
    assert stops(lab, stopping, curves) == [None, 2, None, 2]


def test_hyperband_reaches_to_the_variants_longest_trial(lab: Any) -> None:
    """From epoch 2 by threes: 10 epochs make two brackets, 60 make four."""
    study = lab.study(
        sampler="random",
        trials=1,
        space={"objective.alpha": {"uniform": [0, 1]}, "training.epochs": {"choice": [10, 60]}},
        variants={"short": {"set": {"training.epochs": 10}}, "long": {}},
        early_stopping={"name": "hyperband", "min_epochs": 2},
    )
    brackets = [{book.study.pruner.bracket(number) for number in range(99)} for book in lab.open(study)._books]
    assert brackets == [{0, 1}, {0, 1, 2, 3}]
