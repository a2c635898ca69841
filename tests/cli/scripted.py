"""A short, eventful run, told to a monitor second by second."""

from pathlib import Path
from typing import Any

from spreadtune.run_folder import Outcome, TrialFolder
from spreadtune.runtime.cluster.connection import Cluster
from spreadtune.runtime.cluster.resources import Node, Slots
from spreadtune.runtime.monitor import Monitor
from spreadtune.search.assignment import Assignment
from spreadtune.search.results.choice import SettingResults
from spreadtune.search.results.progress import Counts, Progress
from spreadtune.spec.seed import Seed
from spreadtune.spec.study import Study
from tests import counted


class Clock:
    """Seconds, as the test sets them."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def counts(*, complete: int = 0, pruned: int = 0, failed: int = 0, references: int = 0, total: int = 4) -> Progress:
    best = SettingResults("main", 0, {"objective.alpha": 0.6}, "alpha 0.6", (0.95,)) if complete else None
    search = Counts(total, complete=complete, pruned=pruned, failed=failed)
    return counted.progress(search, Counts(1, complete=references), [best] if best else [])


class Script:
    """The run of a study of 4 epochs a trial: a trial that finishes, one stopped early, one that fails, a reference.

    Args:
        study: what is run.
        clock: set forward while events come.
    """

    def __init__(self, study: Study, clock: Clock) -> None:
        self._study, self._clock = study, clock

    def assignment(self, number: int, kind: Any = "trial", *, resumed: bool = False) -> Assignment:
        [variant] = self._study.variants()
        spec = variant.trial({"objective.alpha": 0.6}, Seed(study=0, index=0))
        label = f"alpha 0.6, seed {number}" if kind == "trial" else "floors and ceiling, seed 0"
        folder = TrialFolder(Path("trials") / f"{number:04d}")  # below the working directory
        return Assignment(kind, number, "main", 0, number, spec, folder, resumed, label)

    def play(self, monitor: Monitor) -> None:
        """Everything, to the last reference's end; trial 3 is left in training."""
        clock = self._clock
        monitor.opened(counts(), learned=20)
        monitor.connected(Cluster("http://127.0.0.1:8265", (Node(2, 0),)), Slots(1, 1, 0, 2), counts())
        trials = [self.assignment(0), self.assignment(1, resumed=True), self.assignment(2), self.assignment(3)]
        monitor.started(trials[0], counts())
        monitor.started(trials[1], counts())
        for epoch in (1, 2, 3, 4):
            clock.now += 1
            monitor.reported(trials[0], epoch, {"spread": 0.1, "knn_transfer_accuracy": 0.9 + epoch / 100})
        clock.now += 1
        finished = {"transfer_accuracy": 0.95, "spread": 0.1234}
        complete = Outcome("COMPLETE", epoch=4, metrics=finished, details={"seconds": 3.21})
        monitor.settled(trials[0], complete, counts(complete=1))
        monitor.started(trials[2], counts(complete=1))
        pruned = Outcome("PRUNED", "stopped early at epoch 2 (median)", 2)
        monitor.settled(trials[1], pruned, counts(complete=1, pruned=1))
        monitor.started(trials[3], counts(complete=1, pruned=1))
        ended = counts(complete=1, pruned=1, failed=1)
        trials[2].folder.new_attempt()
        monitor.settled(trials[2], Outcome("FAIL", "RuntimeError: on fire", 0), ended)
        monitor.reported(trials[3], 1, {"knn_transfer_accuracy": 0.91})
        reference = self.assignment(0, "reference")
        monitor.started(reference, ended)
        for phase in ("raw pixels", "untrained encoder", "ceiling"):
            monitor.entered(reference, phase)
            clock.now += 2
        for epoch in (1, 2, 3, 4):
            monitor.reported(reference, epoch, {})
        ceiling = Outcome("COMPLETE", epoch=4, metrics={"ceiling.transfer_accuracy": 0.99}, details={"seconds": 2.0})
        monitor.settled(reference, ceiling, counts(complete=1, pruned=1, failed=1, references=1))
