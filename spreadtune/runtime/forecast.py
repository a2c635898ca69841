"""How long a run took, beside what its first epochs promised."""

import time
from collections.abc import Callable, Mapping

from spreadtune.run_folder import Outcome
from spreadtune.runtime.cluster.connection import Cluster
from spreadtune.runtime.cluster.resources import Slots
from spreadtune.runtime.eta import Eta
from spreadtune.runtime.monitor import Monitor
from spreadtune.search.assignment import Assignment
from spreadtune.search.results.progress import Progress

FIRST_EPOCHS = 0.1  # of all that there are to train


class Forecast:
    """A monitor that passes everything on to another, and estimates the run's length once, from its first epochs.

    Args:
        monitor: told everything.
        epochs: of a trial.
        clock: seconds, monotonic.
    """

    def __init__(self, monitor: Monitor, epochs: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._epochs, self._clock = epochs, clock
        self._eta = Eta(epochs, clock)
        self._told: tuple[Monitor, ...] = (self._eta, monitor)
        self._began: float | None = None
        self._needed, self._seen = 0.0, 0
        self._reached: dict[tuple[str, int], int] = {}
        self._estimated: float | None = None

    def entries(self, *, finished: bool) -> dict[str, float]:
        """For the manifest: ``seconds`` since the cluster stood, and what they were estimated to be in the end.

        That estimate (``estimated_seconds``) is the one of the moment when a tenth of the epochs had arrived. Only a
        run that went to its end has it.
        """
        if self._began is None:
            return {}
        known = {"seconds": self._clock() - self._began}
        if finished and self._estimated is not None:
            known["estimated_seconds"] = self._estimated
        return {name: round(value, 1) for name, value in known.items()}

    def opened(self, progress: Progress, learned: int | None = None) -> None:
        for monitor in self._told:
            monitor.opened(progress, learned)

    def connected(self, cluster: Cluster, slots: Slots, progress: Progress) -> None:
        self._began, self._needed = self._clock(), progress.missing * self._epochs * FIRST_EPOCHS
        for monitor in self._told:
            monitor.connected(cluster, slots, progress)

    def started(self, assignment: Assignment, progress: Progress) -> None:
        for monitor in self._told:
            monitor.started(assignment, progress)

    def entered(self, assignment: Assignment, phase: str) -> None:
        for monitor in self._told:
            monitor.entered(assignment, phase)

    def reported(self, assignment: Assignment, epoch: int, metrics: Mapping[str, float]) -> None:
        key = assignment.kind, assignment.number
        reached = self._reached.get(key, 0)
        self._seen += max(0, epoch - reached)
        self._reached[key] = max(epoch, reached)
        for monitor in self._told:
            monitor.reported(assignment, epoch, metrics)
        self._estimate()

    def lost(self, assignment: Assignment) -> None:
        for monitor in self._told:
            monitor.lost(assignment)

    def settled(self, assignment: Assignment, outcome: Outcome, progress: Progress) -> None:
        self._reached.pop((assignment.kind, assignment.number), None)
        for monitor in self._told:
            monitor.settled(assignment, outcome, progress)

    def left(self, assignment: Assignment) -> None:
        for monitor in self._told:
            monitor.left(assignment)

    def _estimate(self) -> None:
        """Once: what is over, and what is left at the pace so far."""
        if self._estimated is None and self._began is not None and self._seen >= self._needed:
            left = self._eta.seconds()
            if left is not None:
                self._estimated = self._clock() - self._began + left
