"""The folder of a run."""

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from spreadtune.errors import UserError
from spreadtune.run_folder.lock import hold, is_held
from spreadtune.run_folder.trial import TrialFolder


@dataclass(frozen=True)
class RunFolder:
    """``results/NAME/ID``."""

    path: Path

    @classmethod
    def create(cls, results: Path, name: str) -> "RunFolder":
        """A new run, with an ID that no other run of the study has.

        Raises:
            UserError: nothing can be written there.
        """
        while True:
            path = results.absolute() / name / _identity(datetime.now(UTC))
            try:
                path.mkdir(parents=True)
                (path / "trials").mkdir()
            except FileExistsError:
                if path.is_dir():
                    continue
                raise UserError(f"--results {results}: a file is in the way; name another folder") from None
            except OSError as error:
                raise UserError(f"--results {results}: {error.strerror}; name another folder") from error
            return cls(path)

    @property
    def name(self) -> str:
        return self.path.parent.name

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def label(self) -> str:
        """NAME/ID."""
        return f"{self.name}/{self.id}"

    @property
    def study_file(self) -> Path:
        return self.path / "study.yaml"

    @property
    def manifest_file(self) -> Path:
        return self.path / "manifest.json"

    def manifest(self) -> dict[str, Any]:
        """How the run came about; empty where nothing was written yet."""
        return dict(json.loads(self.manifest_file.read_text())) if self.manifest_file.exists() else {}

    @property
    def database_file(self) -> Path:
        return self.path / "optuna.db"

    @property
    def trials_table(self) -> Path:
        return self.path / "trials.parquet"

    @property
    def history_table(self) -> Path:
        return self.path / "history.parquet"

    @property
    def references_table(self) -> Path:
        return self.path / "references.parquet"

    @property
    def report_file(self) -> Path:
        return self.path / "report.html"

    @property
    def log_file(self) -> Path:
        return self.path / "log"

    @property
    def processes_file(self) -> Path:
        """Ray's processes of the driver that is at it, or that was killed."""
        return self.path / ".processes.json"

    def trial(self, number: int) -> TrialFolder:
        return TrialFolder(self.path / "trials" / f"{number:04d}")

    def trials(self) -> list[int]:
        """Numbers of the trials that have a folder."""
        return _numbered(self.path / "trials")

    def reference(self, seed: int) -> TrialFolder:
        return TrialFolder(self.path / "references" / str(seed))

    def references(self) -> list[int]:
        """Seed indices of the references that have a folder."""
        return _numbered(self.path / "references")

    def lock(self) -> AbstractContextManager[None]:
        """Hold the run for this process; see :func:`spreadtune.run_folder.lock.hold`."""
        return hold(self.path, self.label)

    def is_held(self) -> bool:
        """Whether a process holds the run now; see :func:`spreadtune.run_folder.lock.is_held`."""
        return is_held(self.path)


def _identity(now: datetime) -> str:
    """``YYYYMMDD-HHMMSS-xxxx``; the last part counts 65536ths of the second, so that IDs sort by their start."""
    return f"{now:%Y%m%d-%H%M%S}-{now.microsecond * 2**16 // 10**6:04x}"


def _numbered(folder: Path) -> list[int]:
    return sorted(int(path.name) for path in folder.glob("*") if path.name.isdecimal())
