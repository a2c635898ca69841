"""The world of one member of a trial: its own folder and checkpoints, everything else the trial's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from spreadtune.run_folder import AttemptFolder, TrialFolder, writing
from spreadtune.run_folder.retention import Watched
from spreadtune.run_folder.trial import line_of_trial
from spreadtune.spec.metrics import METRICS
from spreadtune.training.context import Context
from spreadtune.training.workers import Workers
from spreadtune.trial.shared_members import find_donor, take


@dataclass(frozen=True)
class MemberContext:
    """A :class:`~spreadtune.training.context.Context` whose epochs are reported as the trial's.

    Attributes:
        trial: of the whole trial.
        member: its name.
        before: epochs of the members trained before it.
        attempt: its folder of this attempt.
        checkpoints: what earlier attempts left of it.
    """

    trial: Context
    member: str
    before: int
    attempt: AttemptFolder
    checkpoints: list[Path]

    @classmethod
    def of(cls, trial: Context, place: int, member: str, before: int) -> "MemberContext":
        """Begin, or take up, the member that is trained as the how many-th, from 0; its folder is made."""

        def begin() -> tuple[AttemptFolder, list[Path]]:
            folder = TrialFolder(trial.attempt.path.parent).member(place, member)
            checkpoints, attempt = folder.checkpoints(), AttemptFolder(folder.path / trial.attempt.path.name)
            with writing(folder.path):
                attempt.path.mkdir(parents=True, exist_ok=True)
            return attempt, checkpoints

        return cls(trial, member, before, *trial.workers.led(begin))

    @property
    def folder(self) -> TrialFolder:
        """The member's, with all its attempts."""
        return TrialFolder(self.attempt.path.parent)

    def taking(self, key: str, epochs: int) -> "MemberContext":
        """The same member, taken from another trial of the run that has trained it, if it was not begun here.

        Its epochs at which something was measured are reported as if they were trained now.

        Args:
            key: of what is to be trained.
            epochs: its own.
        """

        def look() -> list[dict[str, Any]]:
            if self.checkpoints or self.trials is None:
                return []
            donor = find_donor(self.trials, self.member, key, epochs)
            return take(donor, self.attempt) if donor else []

        lines = self.workers.led(look)
        for line in lines:
            if METRICS.keys() & line.keys():
                self.report(line["epoch"], {name: value for name, value in line.items() if name != "epoch"})
        return replace(self, checkpoints=self.folder.checkpoints()) if lines else self

    @property
    def device(self) -> torch.device:
        return self.trial.device

    @property
    def memory(self) -> int | None:
        return self.trial.memory

    @property
    def threads(self) -> int:
        return self.trial.threads

    @property
    def workers(self) -> Workers:
        return self.trial.workers

    @property
    def trials(self) -> Path | None:
        return self.trial.trials

    @property
    def best_by(self) -> Watched | None:
        return self.trial.best_by

    @property
    def clock(self) -> Callable[[], float]:
        return self.trial.clock

    def report(self, epoch: int, metrics: Mapping[str, float]) -> None:
        line = line_of_trial(self.member, self.before, {"epoch": epoch, **metrics})
        self.trial.report(line.pop("epoch"), line)

    def enter(self, phase: str) -> None:
        self.trial.enter(phase)

    def stop_requested(self) -> bool:
        return self.trial.stop_requested()
