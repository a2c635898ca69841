"""A driver killed anywhere around an epoch stops the trials that an undisturbed one stops, where it stops them."""

from typing import Any

import pytest
from optuna.trial import Trial

from spreadtune.search.storage.book import Book

SPACE = {"objective.alpha": {"uniform": [0, 1]}}
STOPPINGS: list[dict[str, Any]] = [
    {"name": "median", "min_epochs": 2, "startup_trials": 2},
    {"name": "successive_halving", "min_epochs": 2, "reduction": 2},
    {"name": "hyperband", "min_epochs": 2, "reduction": 2},
]
CURVES = [[0.1 * level + 0.01 * epoch for epoch in range(10)] for level in (5, 3, 6, 4, 7, 2)]
KILLED_AT = {  # (trial, epoch) -> what the driver did not live to do
    (1, 2): (Trial, "report"),
    (3, 2): (Book, "write_stop"),
    (5, 2): (Trial, "should_prune"),
    (4, 4): (Trial, "should_prune"),
}


class Killed(BaseException):
    """Stands for SIGKILL."""


def killed(*_: Any) -> None:
    raise Killed


def drive(lab: Any, stopping: dict[str, Any], kills: dict[tuple[int, int], tuple[type, str]]) -> list[tuple[str, int]]:
    """State and last epoch of each trial; a worker writes an epoch's line and checkpoint before it reports."""
    study = lab.study(sampler="random", trials=len(CURVES), space=SPACE, early_stopping=stopping)
    ledger, left = lab.open(study), dict(kills)
    while assignment := ledger.next():
        attempt = assignment.folder.new_attempt()
        trained = len(assignment.folder.history())
        for epoch in range(trained + 1, 11):
            metrics = {"knn_transfer_accuracy": CURVES[assignment.number][epoch - 1]}
            attempt.append_history({"epoch": epoch, **metrics})
            if point := left.pop((assignment.number, epoch), None):
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(*point, killed)
                    try:
                        ledger.report(assignment.number, epoch, metrics)
                    except Killed:
                        lab.kill(ledger)
                        ledger = lab.open(study)
                        break
            if ledger.report(assignment.number, epoch, metrics):
                ledger.settle(assignment.number)
                break
        else:
            lab.finish(ledger, assignment)
    outcomes = [lab.run.trial(number).outcome() for number in range(len(CURVES))]
    return [(outcome.state, outcome.epoch) for outcome in outcomes]


@pytest.mark.parametrize(
    "stopping",
    [
        pytest.param(each, id=each["name"], marks=pytest.mark.slow if each["name"] == "hyperband" else ())
        for each in STOPPINGS
    ],
)
def test_rungs_survive_a_kill(new_lab: Any, stopping: dict[str, Any]) -> None:
    undisturbed = drive(new_lab(), stopping, {})
    assert {"COMPLETE", "PRUNED"} == {state for state, _ in undisturbed}
    assert drive(new_lab(), stopping, KILLED_AT) == undisturbed
