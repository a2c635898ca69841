"""The folder of a run: where everything lies, who may write, how a file becomes whole.

    results/NAME/ID/  study.yaml  manifest.json  optuna.db  trials.parquet  trials.csv  history.parquet
                      references.parquet  report.html  log
                      trials/0007/{trial.yaml, result.json, attempt-1/}
                      references/SEED/{trial.yaml, result.json, attempt-1/}
    attempt-1/        environment.json  history.jsonl  checkpoint-0004.pt  result.json  log

A file that is not appended to is written under a temporary name and renamed, so it is whole or absent. An attempt
writes into its own folder only and reads earlier ones; ``result.json`` one level up is the published outcome, written
by the driver, which holds the run's lock.
"""

import json
import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from spreadtune.errors import UserError

State = Literal["COMPLETE", "PRUNED", "FAIL"]


@dataclass(frozen=True)
class Outcome:
    """How a trial ended.

    Attributes:
        state: COMPLETE, PRUNED (stopped early or diverged: the sampler learns from it) or FAIL (a fault).
        reason: why, for everything but COMPLETE.
        epoch: the last finished epoch, from 1; 0 when none was.
        values: the optimised metrics, by name.
        metrics: everything measured at the end.
        theory: alpha_c, alpha_m, spread as predicted from the realised class counts.
        details: seconds, the attempt's environment, class counts.
    """

    state: State
    reason: str | None = None
    epoch: int = 0
    values: Mapping[str, float] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    theory: Mapping[str, float] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Outcome | None":
        """The outcome in a ``result.json``; None when the file is absent or is not one."""
        try:
            content = json.loads(path.read_text())
            return cls(**content) if content["state"] in ("COMPLETE", "PRUNED", "FAIL") else None
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return None

    def write(self, path: Path) -> None:
        write_json(path, asdict(self))


@dataclass(frozen=True)
class AttemptFolder:
    """One attempt at a trial: ``attempt-N/``."""

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
    def log_file(self) -> Path:
        return self.path / "log"

    def checkpoint_file(self, epoch: int) -> Path:
        return self.path / f"checkpoint-{epoch:04d}.pt"

    def checkpoints(self) -> list[Path]:
        """Whole checkpoints, oldest epoch first."""
        return sorted(self.path.glob("checkpoint-*.pt"))

    def append_history(self, line: Mapping[str, Any]) -> None:
        with self.history_file.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def history(self) -> list[dict[str, Any]]:
        """The epochs reported; a last line cut short by a kill is left out."""
        if not self.history_file.exists():
            return []
        lines = []
        for line in self.history_file.read_text().splitlines():
            try:
                lines.append(json.loads(line))
            except ValueError:
                continue
        return lines


@dataclass(frozen=True)
class TrialFolder:
    """``trials/0007/`` or ``references/0/``."""

    path: Path

    @property
    def spec_file(self) -> Path:
        return self.path / "trial.yaml"

    @property
    def result_file(self) -> Path:
        return self.path / "result.json"

    def outcome(self) -> Outcome | None:
        """The published outcome, if there is one."""
        return Outcome.read(self.result_file)

    def attempts(self) -> list[AttemptFolder]:
        folders = [AttemptFolder(path) for path in self.path.glob("attempt-*") if path.is_dir()]
        return sorted(folders, key=lambda attempt: attempt.number)

    def new_attempt(self) -> AttemptFolder:
        """Make the next ``attempt-N``; two processes never get the same one."""
        number = max((attempt.number for attempt in self.attempts()), default=0) + 1
        while True:
            path = self.path / f"attempt-{number}"
            try:
                path.mkdir(parents=True)
            except FileExistsError:
                number += 1
                continue
            return AttemptFolder(path)

    def checkpoints(self) -> list[Path]:
        """Checkpoints of all attempts, best to resume from first: highest epoch, then latest attempt."""
        found = [(path.name, attempt.number, path) for attempt in self.attempts() for path in attempt.checkpoints()]
        return [path for _, _, path in sorted(found, reverse=True)]

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
                return dict(json.loads(attempt.environment_file.read_text()))
            except (FileNotFoundError, ValueError):
                continue
        return {}

    def finished_attempt(self) -> Outcome | None:
        """What a worker wrote at its end, published or not; the latest attempt that has one."""
        outcomes = (Outcome.read(attempt.result_file) for attempt in reversed(self.attempts()))
        return next((outcome for outcome in outcomes if outcome), None)


@dataclass(frozen=True)
class RunFolder:
    """``results/NAME/ID``."""

    path: Path

    @classmethod
    def create(cls, results: Path, name: str) -> "RunFolder":
        """A new run; its ID is ``YYYYMMDD-HHMMSS-xxxx`` in UTC."""
        identity = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        path = results.absolute() / name / identity
        (path / "trials").mkdir(parents=True)
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

    def trial(self, number: int) -> TrialFolder:
        return TrialFolder(self.path / "trials" / f"{number:04d}")

    def trials(self) -> list[int]:
        """Numbers of the trials that have a folder."""
        return sorted(int(path.name) for path in (self.path / "trials").glob("*") if path.name.isdigit())

    def reference(self, seed: int) -> TrialFolder:
        return TrialFolder(self.path / "references" / str(seed))

    def references(self) -> list[int]:
        """Seed indices of the references that have a folder."""
        return sorted(int(path.name) for path in (self.path / "references").glob("*") if path.name.isdigit())

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the run for this process; raises :class:`UserError` naming the holder when another one has it.

        The operating system drops the lock with its process, so a killed driver leaves none behind.
        """
        lock, holder = FileLock(self.path / ".lock"), self.path / ".lock-holder"
        try:
            lock.acquire(timeout=0)
        except Timeout:
            who = holder.read_text().strip() if holder.exists() else "another process"
            raise UserError(f"{self.label} is being run by {who}; wait for it or stop it first") from None
        try:
            write_atomic(holder, f"process {os.getpid()} on {socket.gethostname()}\n")
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()


def runs(results: Path, name: str | None = None) -> list[RunFolder]:
    """The runs below ``results``, of one study or of all, oldest first."""
    found = [RunFolder(path.parent.absolute()) for path in results.glob(f"{name or '*'}/*/study.yaml")]
    return sorted(found, key=lambda run: run.id)


def find_run(reference: str, results: Path) -> RunFolder:
    """The run that RUN names: a path to a run folder, NAME (its newest run) or NAME/ID.

    Raises:
        UserError: no such run; the message lists what there is.
    """
    path = Path(reference)
    if (path / "study.yaml").is_file():
        return RunFolder(path.absolute())
    if (results / reference / "study.yaml").is_file():
        return RunFolder((results / reference).absolute())
    of_name = runs(results, reference) if "/" not in reference else []
    if of_name:
        return of_name[-1]
    known = sorted({run.name for run in runs(results)})
    there = f"; runs there: {', '.join(known)}" if known else " (there are no runs there)"
    raise UserError(f"no run {reference!r} in {results}{there}")


def write_atomic(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        if isinstance(content, str):
            temporary.write_text(content)
        else:
            temporary.write_bytes(content)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_json(path: Path, content: Any) -> None:
    """Write JSON, whole or not at all; NaN is written as null."""
    write_atomic(path, json.dumps(_without_nan(content), indent=2) + "\n")


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and value != value else value
