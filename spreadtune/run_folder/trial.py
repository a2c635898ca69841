"""The folder of a trial or a reference: what it runs, its attempts, its published outcome."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spreadtune.run_folder.attempt_folder import AttemptFolder, checkpoint_epoch
from spreadtune.run_folder.outcome import Outcome, TrialStatus
from spreadtune.run_folder.unwritable import writing

MEMBERS = "members"

WHOLE = "whole"
"""All members together are called so where a member may stand."""

OF_WHOLE = f"{WHOLE}."
"""With this begin in a member's history the metrics of all members together."""

TAKEN = "taken"
"""Of a line of a history: the number of another trial of the run, which did that epoch."""

_OF_THE_TRIAL = ("epoch", "attempt", "seconds", "time", TAKEN)


def line_of_trial(member: str, before: int, line: Mapping[str, Any]) -> dict[str, Any]:
    """A member's epoch as one of the trial's: ``contrast.spread`` for its ``spread``, ``contrast.epoch`` for its epoch.

    What it measured of all members together has the plain names.

    Args:
        member: the member's name.
        before: epochs of the members before it.
        line: of its history.
    """
    own = {key: line[key] for key in _OF_THE_TRIAL if key in line} | {"epoch": before + line["epoch"]}
    rest = {key: value for key, value in line.items() if key not in _OF_THE_TRIAL}
    named = {key.removeprefix(OF_WHOLE) if key.startswith(OF_WHOLE) else f"{member}.{key}": rest[key] for key in rest}
    return own | {f"{member}.epoch": line["epoch"]} | named


def _one_after_another(histories: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    lines, before = list[dict[str, Any]](), 0
    for member, history in histories.items():
        lines += [line_of_trial(member, before, line) for line in history]
        before += max((line["epoch"] for line in history), default=0)
    return lines


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

    def member(self, place: int, name: str) -> "TrialFolder":
        """What a member does: its attempts, numbered like the trial's, with its own history and checkpoints.

        Args:
            place: the how many-th it is trained, from 0.
            name: the member's.
        """
        return TrialFolder(self.path / MEMBERS / f"{place}-{name}")

    @property
    def trained_file(self) -> Path:
        """Of a member that was trained to its end: a key of what its numbers depend on."""
        return self.path / "trained.json"

    def trained(self) -> str | None:
        """That key; None while the member is not trained."""
        try:
            return str(json.loads(self.trained_file.read_bytes())["key"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def taken(self) -> dict[str, int]:
        """The members that another trial of the run had trained already, and which trial that was."""
        last = {name: (member.history() or [{}])[-1] for name, member in self.members().items()}
        return {name: line[TAKEN] for name, line in last.items() if TAKEN in line}

    def members(self) -> dict[str, "TrialFolder"]:
        """Those members that were begun, by name in the order in which they are trained."""
        paths = sorted(self.path.glob(f"{MEMBERS}/*-*"), key=lambda path: int(path.name.partition("-")[0]))
        return {path.name.partition("-")[2]: TrialFolder(path) for path in paths}

    def encoders(self) -> dict[str, "TrialFolder"]:
        """The folders in which encoders have their histories and checkpoints: the members' by name, or this one."""
        return self.members() or {"": self}

    def checkpoints(self) -> list[Path]:
        """Checkpoints of all attempts, best to resume from first: highest epoch, then latest attempt.

        Those of members are in theirs (:meth:`encoders`).
        """
        found = [
            (checkpoint_epoch(path), attempt.number, path)
            for attempt in self.attempts()
            for path in attempt.checkpoints()
        ]
        return [path for *_, path in sorted(found, reverse=True)]

    def history(self) -> list[dict[str, Any]]:
        """Epoch by epoch with its ``attempt``; the latest attempt wins for each epoch.

        That of a trial with members is those of its members, one after another, their epochs counted on.
        """
        if members := self.members():
            return _one_after_another({name: member.history() for name, member in members.items()})
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
