"""The folder of a trial or a reference: what it runs, its attempts, its published outcome."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spreadtune.run_folder.attempt_folder import AttemptFolder, checkpoint_epoch
from spreadtune.run_folder.outcome import Outcome, TrialStatus
from spreadtune.run_folder.unwritable import writing


@dataclass(frozen=True)
class TrialFolder:
    """``trials/0007/`` or ``references/0/``."""

    path: Path

    @property
    def spec_file(self) -> Path:
        return self.path / "trial.yaml"

    @property
    def record_file(self) -> Path:
        """Which trial of the run it is, as the database has it; a reference has none."""
        return self.path / "record.json"

    @property
    def result_file(self) -> Path:
        return self.path / "result.json"

    @property
    def stop_file(self) -> Path:
        """Its presence asks the trial's workers to stop after their epoch."""
        return self.path / "stop"

    def outcome(self) -> Outcome | None:
        """The published outcome, if there is one."""
        return Outcome.read(self.result_file)

    def state(self) -> TrialStatus:
        """How it stands: RUNNING until its outcome is published."""
        outcome = self.outcome()
        return outcome.state if outcome else "RUNNING"

    def attempts(self) -> list[AttemptFolder]:
        """All attempts, the first one first."""
        folders = [AttemptFolder(path) for path in self.path.glob("attempt-*") if path.is_dir()]
        return sorted(folders, key=lambda attempt: attempt.number)

    def new_attempt(self) -> AttemptFolder:
        """Make the next ``attempt-N``; two processes never get the same one.

        Raises:
            UnwritableError: the disk is full or read-only.
        """
        number = max((attempt.number for attempt in self.attempts()), default=0) + 1
        while True:
            path = self.path / f"attempt-{number}"
            try:
                with writing(self.path):
                    path.mkdir(parents=True)
            except FileExistsError:
                number += 1
                continue
            return AttemptFolder(path)

    def checkpoints(self) -> list[Path]:
        """Checkpoints of all attempts, best to resume from first: highest epoch, then latest attempt."""
        found = [
            (checkpoint_epoch(path), attempt.number, path)
            for attempt in self.attempts()
            for path in attempt.checkpoints()
        ]
        return [path for *_, path in sorted(found, reverse=True)]

    def history(self) -> list[dict[str, Any]]:
        """Epoch by epoch with its ``attempt``; the latest attempt wins for each epoch."""
        epochs = {
            line["epoch"]: {**line, "attempt": attempt.number}
            for attempt in self.attempts()
            for line in attempt.history()
        }
        return [epochs[epoch] for epoch in sorted(epochs)]

    def environment(self) -> dict[str, Any]:
        """The latest attempt's device, threads, precision and versions; empty when none got so far."""
        for attempt in reversed(self.attempts()):
            try:
                return dict(json.loads(attempt.environment_file.read_bytes()))
            except (FileNotFoundError, ValueError):
                continue
        return {}

    def finished_attempt(self) -> Outcome | None:
        """What the latest attempt's worker wrote at its end, published or not.

        A later attempt began because the earlier ones were given up: what an orphan still writes there does not count.
        """
        attempts = self.attempts()
        return Outcome.read(attempts[-1].result_file) if attempts else None

    def remove_unfinished_files(self) -> None:
        """Remove what workers were writing when they were killed. For one that no worker is at any more."""
        for unfinished in self.path.glob("**/.*.tmp"):
            unfinished.unlink(missing_ok=True)
