"""When a study will be done."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from spreadtune.run_folder import Outcome
from spreadtune.run_folder.trial import TAKEN
from spreadtune.runtime.cluster.connection import Cluster
from spreadtune.runtime.cluster.resources import Slots
from spreadtune.search.assignment import Assignment
from spreadtune.search.results.progress import Progress
from spreadtune.trial.phases import RAW_PIXELS, UNTRAINED_ENCODER

EPOCH, MEASURING = "epoch", "measuring"
LIVES = {"trial": (EPOCH, MEASURING), "reference": (RAW_PIXELS, UNTRAINED_ENCODER, EPOCH, MEASURING)}
"""The steps of a job in their order; measuring is what comes after its last epoch."""


@dataclass
class _Job:
    """A trial or reference in training.

    Attributes:
        kind: trial or reference.
        epochs: it will have.
        resumed: it may go on from a checkpoint.
        starting: its first epochs say nothing of an epoch's length: the slot's worker starts with it, or a checkpoint
            is taken up.
        since: when its step, or the epoch after ``epoch``, began.
        step: what it does.
        epoch: the last one that was reported.
    """

    kind: Literal["trial", "reference"]
    epochs: int
    resumed: bool
    starting: bool
    since: float
    step: str
    epoch: int = 0


class Eta:
    """A monitor that learns how long an epoch and every other step take, and adds up what is left.

    The steps of jobs in training and of those that wait are summed and divided by the slots, but a study takes no less
    than its slowest job in training. A step that has never ended is taken to be as long as it has lasted so far.

    Args:
        epochs: of a job that waits.
        clock: seconds, monotonic.
    """

    def __init__(self, epochs: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._epochs, self._clock = epochs, clock
        self._slots, self._begun = 1, 0
        self._waiting = {"trial": 0, "reference": 0}
        self._jobs: dict[tuple[str, int], _Job] = {}
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}  # (kind, step): seconds, how often

    def opened(self, progress: Progress, learned: int | None = None) -> None:
        """Nothing has begun."""

    def connected(self, cluster: Cluster, slots: Slots, progress: Progress) -> None:
        self._slots = slots.count
        self._count_waiting(progress)

    def started(self, assignment: Assignment, progress: Progress) -> None:
        kind: Literal["trial", "reference"] = "trial" if assignment.kind == "trial" else "reference"
        self._begun += 1
        self._jobs[assignment.kind, assignment.number] = _Job(
            kind,
            assignment.spec.epochs,
            assignment.resumed,
            starting=assignment.resumed or self._begun <= self._slots,
            since=self._clock(),
            step=LIVES[kind][0],
        )
        self._count_waiting(progress)

    def entered(self, assignment: Assignment, phase: str) -> None:
        job = self._jobs[assignment.kind, assignment.number]
        life = LIVES[job.kind]
        step = phase if phase in life else EPOCH
        if life.index(step) < life.index(job.step):  # its worker was lost, and another takes it up
            job.resumed, job.epoch = True, 0
        elif step != job.step:
            self._learn(job, 1)
        job.step, job.since, job.starting = step, self._clock(), job.resumed

    def reported(self, assignment: Assignment, epoch: int, metrics: Mapping[str, float]) -> None:
        job = self._jobs[assignment.kind, assignment.number]
        if epoch > job.epoch and not job.starting and TAKEN not in metrics:  # which took no time here
            self._learn(job, epoch - job.epoch)
        job.step = EPOCH if epoch < job.epochs else MEASURING
        job.epoch, job.since, job.starting = epoch, self._clock(), False

    def settled(self, assignment: Assignment, outcome: Outcome, progress: Progress) -> None:
        job = self._jobs.pop((assignment.kind, assignment.number))
        if job.step == MEASURING and outcome.state == "COMPLETE":
            self._learn(job, 1)
        self._count_waiting(progress)

    def lost(self, assignment: Assignment) -> None:
        """What it has trained since its last checkpoint is too little to reckon with."""

    def left(self, assignment: Assignment) -> None:
        del self._jobs[assignment.kind, assignment.number]

    def seconds(self) -> float | None:
        """Seconds to the end; None while nobody knows how long an epoch is."""
        if not any(step == EPOCH for _, step in self._seen):
            return None
        in_training = [self._left_of(job) for job in self._jobs.values()]
        waiting = sum(count * self._needed(kind, LIVES[kind], self._epochs) for kind, count in self._waiting.items())
        return max([(sum(in_training) + waiting) / self._slots, *in_training])

    def _learn(self, job: _Job, times: int) -> None:
        """A step, or so many epochs, of the job ended now."""
        seconds, before = self._seen.get((job.kind, job.step), (0.0, 0))
        self._seen[job.kind, job.step] = seconds + self._clock() - job.since, before + times

    def _count_waiting(self, progress: Progress) -> None:
        """Jobs that have not begun, and those that an earlier driver began."""
        kinds: list[str] = [job.kind for job in self._jobs.values()]
        left = {"trial": progress.trials.missing, "reference": progress.references.missing}
        self._waiting = {kind: max(0, count - kinds.count(kind)) for kind, count in left.items()}

    def _left_of(self, job: _Job) -> float:
        life = LIVES[job.kind]
        needed = self._needed(job.kind, life[life.index(job.step) :], job.epochs - job.epoch)
        return needed - min(self._clock() - job.since, self._length(job.kind, job.step))

    def _needed(self, kind: str, steps: tuple[str, ...], epochs: int) -> float:
        return sum(self._length(kind, step) * (epochs if step == EPOCH else 1) for step in steps)

    def _length(self, kind: str, step: str) -> float:
        """Seconds of a step; an epoch of the other kind of job stands for one that was not seen yet."""
        others = [name for name in LIVES if step == EPOCH]
        for known in (kind, *others):
            if (known, step) in self._seen:
                seconds, times = self._seen[known, step]
                return seconds / times
        lasting = [job.since for job in self._jobs.values() if (job.kind, job.step) == (kind, step)]
        return self._clock() - min(lasting) if lasting else 0.0
