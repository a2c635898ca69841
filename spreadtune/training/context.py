"""What a trial knows of the world it runs in.

The loop calls nothing of Ray: device, threads, folders, reports and requests to stop arrive through a :class:`Context`.
The runtime builds one inside a Ray actor, ``replay`` and the tests build a :class:`LocalContext`.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import torch

from spreadtune.run_folder import AttemptFolder
from spreadtune.run_folder.retention import Watched
from spreadtune.training.workers import ONE_WORKER, Workers


class Context(Protocol):
    """The world of one attempt at a trial.

    Attributes:
        device: where tensors live. It comes from the trial's resource request, never from what the machine has.
        memory: bytes of the device that the trial may use; None on a CPU.
        threads: how many threads CPU operations use; part of what makes sums reproducible.
        workers: this process and those it shares the trial with.
        attempt: the folder this attempt writes to.
        checkpoints: what it may resume from, best first; unreadable ones are passed over.
        trials: the folder of the run's trials, from which members that are trained already may be taken; None where
            each trial stands for itself.
        best_by: what makes an epoch the best one, whose checkpoint ``training.checkpoints: best`` keeps.
        clock: seconds, monotonic, by which epochs are timed.
    """

    @property
    def device(self) -> torch.device: ...

    @property
    def memory(self) -> int | None: ...

    @property
    def threads(self) -> int: ...

    @property
    def workers(self) -> Workers: ...

    @property
    def attempt(self) -> AttemptFolder: ...

    @property
    def checkpoints(self) -> list[Path]: ...

    @property
    def trials(self) -> Path | None: ...

    @property
    def best_by(self) -> Watched | None: ...

    @property
    def clock(self) -> Callable[[], float]: ...

    def report(self, epoch: int, metrics: Mapping[str, float]) -> None:
        """Tell the epoch's metrics, epochs counted from 1. May not return when the trial is to stop.

        Every worker does.
        """

    def enter(self, phase: str) -> None:
        """Tell what begins now, where it is more than epochs. May not return, and every worker does, like an epoch."""

    def stop_requested(self) -> bool:
        """Whether the loop is to end before another epoch, leaving a checkpoint. The first worker's answer counts."""


@dataclass
class LocalContext:
    """A context in this process, without Ray."""

    attempt: AttemptFolder
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    memory: int | None = None
    threads: int = 1
    workers: Workers = ONE_WORKER
    checkpoints: list[Path] = field(default_factory=list)
    trials: Path | None = None
    best_by: Watched | None = None
    on_report: Callable[[int, Mapping[str, float]], None] = lambda epoch, metrics: None
    on_phase: Callable[[str], None] = lambda phase: None
    stop: Callable[[], bool] = lambda: False
    clock: Callable[[], float] = time.perf_counter

    def report(self, epoch: int, metrics: Mapping[str, float]) -> None:
        self.on_report(epoch, metrics)

    def enter(self, phase: str) -> None:
        self.on_phase(phase)

    def stop_requested(self) -> bool:
        return self.stop()
