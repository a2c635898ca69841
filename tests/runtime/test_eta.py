"""When a study will be done, on a clock of the test's own."""

from pathlib import Path
from typing import Any

from spreadtune.run_folder import Outcome, TrialFolder
from spreadtune.runtime.cluster.connection import Cluster
from spreadtune.runtime.cluster.resources import Slots
from spreadtune.runtime.eta import Eta
from spreadtune.search.assignment import Assignment
from spreadtune.search.results.progress import Counts, Progress
from tests import counted
from tests.small_trial import small_trial

COMPLETE = Outcome("COMPLETE", epoch=10)


class Study:
    """Ten epochs a trial; what happens is told to an :class:`Eta`."""

    def __init__(self, slots: int, trials: int, references: int = 0) -> None:
        self.now = 100.0
        self.trials, self.references, self.done = trials, references, {"trial": 0, "reference": 0}
        self.eta = Eta(10, clock=lambda: self.now)
        self.eta.connected(Cluster(None, ()), Slots(1, 1, 0, slots), self.progress())

    def progress(self) -> Progress:
        return counted.progress(
            Counts(self.trials, complete=self.done["trial"]), Counts(self.references, complete=self.done["reference"])
        )

    def start(self, number: int, kind: Any = "trial", *, resumed: bool = False) -> Assignment:
        spec, folder = small_trial({"training.epochs": 10}), TrialFolder(Path(kind) / str(number))
        started = Assignment(kind, number, "main", 0, number, spec, folder, resumed, "")
        self.eta.started(started, self.progress())
        return started

    def train(self, assignment: Assignment, *epochs: int, seconds: float) -> None:
        """Epochs that arrive ``seconds`` after one another."""
        for epoch in epochs:
            self.now += seconds
            self.eta.reported(assignment, epoch, {})

    def settle(self, assignment: Assignment, outcome: Outcome = COMPLETE, seconds: float = 0.0) -> None:
        self.now += seconds
        self.done[assignment.kind] += 1
        self.eta.settled(assignment, outcome, self.progress())


def test_what_is_left_over_the_slots() -> None:
    study = Study(slots=2, trials=3)
    first, second = study.start(0), study.start(1)
    assert study.eta.seconds() is None
    study.train(first, 1, seconds=60)
    assert study.eta.seconds() is None, "a slot's first epochs pay for its worker's start"
    study.eta.reported(second, 1, {})
    study.train(first, 2, seconds=2)
    # 8 epochs of the first, 9 of the second less what it has been at, 10 of the third, at 2 s.
    assert study.eta.seconds() == (16 + 16 + 20) / 2


def test_the_slowest_job_in_training_is_waited_for() -> None:
    study = Study(slots=4, trials=1)
    only = study.start(0)
    study.train(only, 1, 2, seconds=2)
    assert study.eta.seconds() == 16


def test_thinned_reports_count_their_epochs() -> None:
    study = Study(slots=1, trials=1)
    study.train(study.start(0), 2, 6, seconds=2)
    assert study.eta.seconds() == 4 * 0.5


def test_a_resumed_trial_says_nothing_with_its_first_report() -> None:
    study = Study(slots=1, trials=2)
    study.train(study.start(0), 1, 2, seconds=2)
    study.eta.left(study.start(0))
    again = study.start(1, resumed=True)
    study.train(again, 9, seconds=30)
    assert study.eta.seconds() == 2 + 20, "an epoch of this one, and one that waits"


def test_what_comes_after_the_last_epoch_is_learned() -> None:
    study = Study(slots=1, trials=3)
    first = study.start(0)
    study.train(first, *range(1, 11), seconds=1)
    study.now += 3
    assert study.eta.seconds() == 0 + 2 * (10 + 3), "as long as it lasts so far"
    study.settle(first, seconds=1)
    assert study.eta.seconds() == 2 * (10 + 4)


def test_a_trial_that_was_stopped_early_leaves_nothing_and_teaches_nothing_of_measuring() -> None:
    study = Study(slots=1, trials=2)
    first = study.start(0)
    study.train(first, 1, 2, seconds=1)
    study.settle(first, Outcome("PRUNED", "stopped early", 2), seconds=9)
    assert study.eta.seconds() == 10


def test_phases_of_references_count() -> None:
    study = Study(slots=1, trials=1, references=2)
    trial = study.start(0)
    study.train(trial, *range(1, 11), seconds=1)
    study.settle(trial)
    reference = study.start(0, "reference")
    study.eta.entered(reference, "raw pixels")
    study.now += 60
    # This one may end any moment as far as is known, then its epochs; the other has as long a phase.
    assert study.eta.seconds() == 10 + (60 + 10)
    study.now += 20
    study.eta.entered(reference, "untrained encoder")
    study.now += 5
    study.eta.entered(reference, "ceiling")
    assert study.eta.seconds() == 10 + (80 + 5 + 10)
    study.train(reference, *range(1, 11), seconds=2)
    assert study.eta.seconds() == 80 + 5 + 20, "a ceiling's own epochs, once they are known"
    study.settle(reference)
    again = study.start(1, "reference")
    study.eta.entered(again, "raw pixels")
    study.now += 30
    assert study.eta.seconds() == 50 + 5 + 20
    study.now += 300
    assert study.eta.seconds() == 5 + 20, "a phase that lasts longer than expected may end any moment"


def test_a_reference_whose_worker_was_lost_begins_anew() -> None:
    study = Study(slots=1, trials=0, references=1)
    reference = study.start(0, "reference")
    for phase in ("raw pixels", "untrained encoder", "ceiling", "raw pixels"):
        study.eta.entered(reference, phase)
        study.now += 10
    study.eta.entered(reference, "untrained encoder")
    study.eta.entered(reference, "ceiling")
    study.train(reference, 6, 7, seconds=1)
    assert study.eta.seconds() == 3, "the first report after its checkpoint says nothing"


def test_it_never_goes_below_zero() -> None:
    study = Study(slots=1, trials=1)
    first = study.start(0)
    study.train(first, 1, 2, seconds=1)
    study.now += 1000
    assert study.eta.seconds() == 7, "an epoch that lasts may end any moment"
    study.settle(first)
    assert study.eta.seconds() == 0
