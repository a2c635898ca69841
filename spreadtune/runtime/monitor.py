"""What happens in a run, told to whoever shows it."""

from collections.abc import Mapping
from typing import Protocol

from spreadtune.run_folder import Outcome
from spreadtune.runtime.cluster.connection import Cluster
from spreadtune.runtime.cluster.resources import Slots
from spreadtune.search.assignment import Assignment
from spreadtune.search.results.progress import Progress


class Monitor(Protocol):
    """Told by the driver, in its one thread. The terminal is one; notebooks and tests have others."""

    def opened(self, progress: Progress, learned: int | None = None) -> None:
        """The books are open. Where anything is missing a cluster is connected next, otherwise nothing follows.

        The samplers have learned from so many trials of another run, if it is one that begins with any.
        """

    def connected(self, cluster: Cluster, slots: Slots, progress: Progress) -> None:
        """The cluster is there and the study fits it."""

    def started(self, assignment: Assignment, progress: Progress) -> None:
        """A trial or reference was handed to a slot."""

    def entered(self, assignment: Assignment, phase: str) -> None:
        """A reference began a phase, such as ``raw pixels``. One that is begun anew enters its first once more."""

    def reported(self, assignment: Assignment, epoch: int, metrics: Mapping[str, float]) -> None:
        """An epoch's metrics arrived."""

    def lost(self, assignment: Assignment) -> None:
        """The worker of a trial or reference is gone; it goes on from its last checkpoint when a slot is free."""

    def settled(self, assignment: Assignment, outcome: Outcome, progress: Progress) -> None:
        """A trial or reference has its outcome."""

    def left(self, assignment: Assignment) -> None:
        """A trial or reference ended after an epoch because the run was asked to stop; a resume takes it up."""


class SilentMonitor:
    """Shows nothing."""

    def opened(self, progress: Progress, learned: int | None = None) -> None: ...

    def connected(self, cluster: Cluster, slots: Slots, progress: Progress) -> None: ...

    def started(self, assignment: Assignment, progress: Progress) -> None: ...

    def entered(self, assignment: Assignment, phase: str) -> None: ...

    def reported(self, assignment: Assignment, epoch: int, metrics: Mapping[str, float]) -> None: ...

    def lost(self, assignment: Assignment) -> None: ...

    def settled(self, assignment: Assignment, outcome: Outcome, progress: Progress) -> None: ...

    def left(self, assignment: Assignment) -> None: ...
