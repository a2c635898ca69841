"""The loop's world inside a Ray actor."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch

from spreadtune.run_folder import AttemptFolder

REPORT_EVERY = 0.5  # seconds; a report waits for the driver's loop, so short epochs share one


@dataclass
class RayContext:
    """Reports through Tune, which does not return from a report when the trial was stopped.

    Attributes:
        watched: the metric that early stopping looks at; an epoch that has it is always reported.
    """

    attempt: AttemptFolder
    device: torch.device
    threads: int
    checkpoints: list[Path]
    watched: str | None
    last_epoch: int
    _last_report: float = field(default=0.0, init=False)

    def report(self, epoch: int, metrics: Mapping[str, float]) -> None:
        due = time.monotonic() - self._last_report >= REPORT_EVERY
        if due or epoch == self.last_epoch or self.watched in metrics:
            from ray import tune

            self._last_report = time.monotonic()
            tune.report({"epoch": epoch, "metrics": dict(metrics)})

    def stop_requested(self) -> bool:
        """Tune stops a trial inside ``report``; nothing else asks."""
        return False
