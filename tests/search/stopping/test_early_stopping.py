"""Who is watched, and what is handed on to Optuna."""

import math
from typing import Any

import pytest
from optuna.exceptions import StorageInternalError

from spreadtune.search.plans.backlog import Ready
from spreadtune.search.stopping.early_stopping import EarlyStopping
from spreadtune.search.stopping.watched import Deciding
from spreadtune.search.storage.outbox import Outbox
from spreadtune.search.storage.record import Record, Row
from spreadtune.spec.study import Study


class Pruner:
    """Plays Optuna's handle and the book of one trial: stops it at once, unless the database is away."""

    def __init__(self) -> None:
        self.away = False
        self.reported: dict[int, float] = {}
        self.stops: list[Any] = []

    def report(self, trial: Any, number: int, value: float, epoch: int) -> None:
        self.reported[epoch] = value

    def should_prune(self, trial: Any, number: int) -> bool:
        if self.away:
            raise StorageInternalError
        return True

    def write_stop(self, trial: Any, stop: Any) -> None:
        self.stops.append(stop)


@pytest.fixture
def pruner() -> Pruner:
    return Pruner()


@pytest.fixture
def study(lab: Any) -> Study:
    found: Study = lab.study(space={"objective.alpha": {"grid": [0]}}, early_stopping="median")
    return found


@pytest.fixture
def stopping(study: Study, pruner: Any) -> EarlyStopping:
    watching = EarlyStopping(study.search, Outbox())
    watching.begin(
        Ready(pruner, Row(Record(3, 0, 0), optuna_id=0), pruner, resumed=False), Deciding("", study.search.stand_in, 10)
    )
    return watching


def test_only_who_is_in_training_goes_on(stopping: EarlyStopping) -> None:
    assert list(stopping.in_training) == [3]
    assert not stopping.report(3, 1, {})
    assert stopping.report(4, 1, {}), "never begun"
    stopping.end(3)
    stopping.end(3)
    assert list(stopping.in_training) == []
    assert stopping.report(3, 2, {}), "ended"


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_is_not_finite_is_kept_from_optuna(stopping: EarlyStopping, pruner: Pruner, value: float) -> None:
    assert not stopping.report(3, 5, {"knn_transfer_accuracy": value})
    assert pruner.reported == {}


def test_a_stop_is_stored_with_what_was_reported(stopping: EarlyStopping, pruner: Pruner) -> None:
    metrics = {"knn_transfer_accuracy": 0.5, "spread": 0.25}
    assert stopping.report(3, 5, metrics)
    [stop] = pruner.stops
    assert (stop.epoch, stop.metrics, stop.reason) == (5, metrics, "stopped early at epoch 5 (median)")


def test_nobody_is_stopped_while_the_database_is_away(stopping: EarlyStopping, pruner: Pruner) -> None:
    pruner.away = True
    assert not stopping.report(3, 5, {"knn_transfer_accuracy": 0.5})
    pruner.away = False
    assert not stopping.report(3, 5, {"knn_transfer_accuracy": 0.5}), "an epoch decides once"
    assert stopping.report(3, 6, {"knn_transfer_accuracy": 0.5})
