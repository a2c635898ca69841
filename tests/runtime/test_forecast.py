"""What a run's first epochs promised, on a clock of the test's own."""

from collections.abc import Mapping
from pathlib import Path

from spreadtune.run_folder import Outcome, TrialFolder
from spreadtune.runtime.cluster.connection import Cluster
from spreadtune.runtime.cluster.resources import Slots
from spreadtune.runtime.forecast import Forecast
from spreadtune.runtime.monitor import SilentMonitor
from spreadtune.search.assignment import Assignment
from spreadtune.search.results.progress import Counts, Progress
from tests import counted
from tests.small_trial import small_trial

SPEC = small_trial({"training.epochs": 10})


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Told(SilentMonitor):
    """Remembers the epochs it was told of."""

    def __init__(self) -> None:
        self.epochs: list[int] = []

    def reported(self, assignment: Assignment, epoch: int, metrics: Mapping[str, float]) -> None:
        self.epochs.append(epoch)


def progress(complete: int = 0) -> Progress:
    return counted.progress(Counts(4, complete=complete))


def trial(number: int) -> Assignment:
    folder = TrialFolder(Path("trials") / str(number))
    return Assignment("trial", number, "main", 0, number, SPEC, folder, False, f"seed {number}")


def test_the_estimate_is_made_once_and_stands_beside_the_truth() -> None:
    clock, told = Clock(), Told()
    forecast = Forecast(told, epochs=10, clock=clock)
    assert forecast.entries(finished=False) == {}, "no cluster ever stood"
    forecast.connected(Cluster(None, ()), Slots(1, 1, 0, 1), progress())
    forecast.started(trial(0), progress())
    for epoch in range(1, 11):
        clock.now += 2
        forecast.reported(trial(0), epoch, {})
        if epoch < 4:
            assert "estimated_seconds" not in forecast.entries(finished=True), "a tenth of 40 epochs is 4"
    forecast.settled(trial(0), Outcome("COMPLETE", epoch=10), progress(1))
    clock.now += 200
    # At eight seconds four of forty epochs had come, at one in two seconds.
    assert forecast.entries(finished=True) == {"seconds": 220.0, "estimated_seconds": 8 + 36 * 2.0}
    assert forecast.entries(finished=False) == {"seconds": 220.0}, "of a run that was cut short it says nothing"
    assert told.epochs == list(range(1, 11))


def test_what_an_earlier_driver_did_is_not_expected_again() -> None:
    clock = Clock()
    forecast = Forecast(SilentMonitor(), epochs=10, clock=clock)
    forecast.connected(Cluster(None, ()), Slots(1, 1, 0, 1), progress(complete=3))
    forecast.started(trial(5), progress(complete=3))
    for epoch in (1, 2):
        clock.now += 1
        forecast.reported(trial(5), epoch, {})
    assert forecast.entries(finished=True)["estimated_seconds"] == 2 + 8
