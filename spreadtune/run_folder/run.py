"""The folder of a run."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from spreadtune.errors import UserError
from spreadtune.run_folder.lock import hold, is_held
from spreadtune.run_folder.trial import TrialFolder

_ID, _SECOND = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}"), "%Y%m%d-%H%M%S"


FORMAT = 1
"""The newest format of a run folder that this version reads."""


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
        parent = results.absolute() / name
        while True:
            path = parent / _identity(datetime.now(UTC), after=_newest(parent))
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
        """How the run came about; empty where nothing was written yet.

        Raises:
            UserError: the file is damaged, or of a newer format.
        """
        try:
            content = dict(json.loads(self.manifest_file.read_bytes()))
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError) as error:
            raise UserError(
                f"{self.manifest_file} is damaged ({error}): put it back from a backup, or delete it if the run is "
                "where it was begun; a resume writes it again (with --storage where the run had a database of its own)"
            ) from error
        written = content.get("format", FORMAT)
        if not isinstance(written, int) or written > FORMAT:
            raise UserError(
                f"{self.manifest_file}: format {written} is newer than this spreadtune reads ({FORMAT}); install the "
                "version that wrote it"
            )
        return content

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

    def reference(self, seed: int, stage: str = "search") -> TrialFolder:
        """Floors and ceiling of one seed of the search, or of the confirmation."""
        return TrialFolder(self.path / "references" / f"{_prefix(stage)}{seed}")

    def references(self, stage: str = "search") -> list[int]:
        """Seed indices of the references of a stage that have a folder."""
        return _numbered(self.path / "references", _prefix(stage))

    def every_reference(self) -> list[TrialFolder]:
        """The references of all stages that have a folder."""
        return [self.reference(seed, stage) for stage in ("search", "confirm") for seed in self.references(stage)]

    @contextmanager
    def gone_unless_begun(self) -> Iterator[None]:
        """A folder without its study is no run: what ends in the block before there is one leaves no folder."""
        try:
            yield
        finally:
            if not self.study_file.exists():
                shutil.rmtree(self.path, ignore_errors=True)

    def lock(self) -> AbstractContextManager[None]:
        """Hold the run for this process; see :func:`spreadtune.run_folder.lock.hold`."""
        return hold(self.path, self.label)

    def is_held(self) -> bool:
        """Whether a process holds the run now; see :func:`spreadtune.run_folder.lock.is_held`."""
        return is_held(self.path)


def _identity(now: datetime, after: str) -> str:
    """``YYYYMMDD-HHMMSS-xxxx``; the last part counts 65536ths of the second, so that IDs sort by their start.

    Where the clock was set back, the ID is the next one ``after`` the newest: a new run is the newest one.
    """
    identity = f"{now:%Y%m%d-%H%M%S}-{now.microsecond * 2**16 // 10**6:04x}"
    if identity > after:
        return identity
    second, part = after[:-5], int(after[-4:], 16) + 1
    if part < 2**16:
        return f"{second}-{part:04x}"
    return f"{datetime.strptime(second, _SECOND) + timedelta(seconds=1):{_SECOND}}-0000"


def _newest(folder: Path) -> str:
    """The newest ID in a study's folder; empty without any."""
    return max((path.name for path in folder.glob("*") if _ID.fullmatch(path.name)), default="")


def _prefix(stage: str) -> str:
    return "" if stage == "search" else f"{stage}-"


def _numbered(folder: Path, prefix: str = "") -> list[int]:
    names = [path.name.removeprefix(prefix) for path in folder.glob(f"{prefix}*")]
    return sorted(int(name) for name in names if name.isdecimal())
