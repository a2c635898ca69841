"""The folder of one attempt at a trial, which a single process writes."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spreadtune.run_folder.unwritable import writing


@dataclass(frozen=True)
class AttemptFolder:
    """``attempt-N/``."""

    path: Path

    @property
    def number(self) -> int:
        return int(self.path.name.removeprefix("attempt-"))

    @property
    def history_file(self) -> Path:
        return self.path / "history.jsonl"

    @property
    def result_file(self) -> Path:
        return self.path / "result.json"

    @property
    def environment_file(self) -> Path:
        """Device, threads, precision and versions of this attempt, written before it trains."""
        return self.path / "environment.json"

    @property
    def worker_file(self) -> Path:
        """Host and process that made this attempt, and when it began (seconds since 1970)."""
        return self.path / "worker.json"

    @property
    def lost_file(self) -> Path:
        """Why a worker ended itself without a result, where it could say so."""
        return self.path / "lost.json"

    def lost(self) -> dict[str, Any]:
        """``reason`` (memory) and ``text`` of a worker that ended itself; empty for any other."""
        try:
            return dict(json.loads(self.lost_file.read_bytes()))
        except (FileNotFoundError, ValueError):
            return {}

    @property
    def log_file(self) -> Path:
        return self.path / "log"

    def checkpoint_file(self, epoch: int) -> Path:
        return self.path / f"checkpoint-{epoch:04d}.pt"

    def checkpoints(self) -> list[Path]:
        """Checkpoints, oldest epoch first."""
        return sorted(self.path.glob("checkpoint-*.pt"), key=checkpoint_epoch)

    def append_history(self, line: Mapping[str, Any]) -> None:
        """Add an epoch; its numbers are finite, for one that is not ends the trial.

        Raises:
            UnwritableError: the disk is full or read-only.
        """
        with writing(self.path), self.history_file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, allow_nan=False) + "\n")

    def sync(self) -> None:
        """Wait until the disk has history and checkpoints, which are written without waiting while training goes on."""
        with writing(self.path):
            for path in (self.history_file, *self.checkpoints()):
                if path.exists():
                    with path.open("rb") as file:
                        os.fsync(file.fileno())

    def history(self) -> list[dict[str, Any]]:
        """The epochs reported; a line that was cut short by a kill or a full disk, or damaged, is left out."""
        if not self.history_file.exists():
            return []
        lines = []
        for line in self.history_file.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                lines.append(json.loads(line))
            except ValueError:
                continue
        return lines


def checkpoint_epoch(path: Path) -> int:
    """The epoch in a checkpoint's name."""
    return int(path.stem.removeprefix("checkpoint-"))
