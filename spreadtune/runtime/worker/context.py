"""The loop's world inside a Ray actor."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from spreadtune.run_folder import AttemptFolder
from spreadtune.run_folder.retention import Watched
from spreadtune.run_folder.trial import TAKEN
from spreadtune.training.workers import Workers

REPORT_EVERY = 0.5  # seconds; a report waits for the driver's loop, so short epochs share one


@dataclass
class RayContext:
    """Reports through Ray, to the driver.

    Attributes:
        watched: the metric that early stopping looks at; an epoch that has it is always reported.
        last_epoch: of the trial, which is always reported too.
        send: ``ray.tune.report``, which does not return when the trial was stopped, or ``ray.train.report`` of a worker
            among several, which all workers call.
        stop_file: the driver makes it to ask for an end after the epoch.
    """

    attempt: AttemptFolder
    device: torch.device
    memory: int | None
    threads: int
    workers: Workers
    checkpoints: list[Path]
    watched: str | None
    last_epoch: int
    send: Callable[[dict[str, Any]], None]
    stop_file: Path
    trials: Path | None = None
    best_by: Watched | None = None
    clock: Callable[[], float] = time.perf_counter
    _last_report: float = field(default=0.0, init=False)

    def report(self, epoch: int, metrics: Mapping[str, float]) -> None:
        due = time.monotonic() - self._last_report >= REPORT_EVERY
        told = epoch == self.last_epoch or self.watched in metrics or TAKEN in metrics
        if told or self.workers.share(due):
            self._last_report = time.monotonic()
            self.send({"epoch": epoch, "metrics": dict(metrics)})

    def enter(self, phase: str) -> None:
        self.send({"phase": phase})

    def stop_requested(self) -> bool:
        return self.stop_file.exists()
