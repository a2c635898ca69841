"""The tables of a run, as a notebook reads them."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from spreadtune.analysis.trial_handle import TrialHandle
from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder
from spreadtune.search.selection import standing
from spreadtune.spec.load import load_study
from spreadtune.spec.study import Study


class Results:
    """What a run found. Reads tables only; each is read once, when it is first asked for.

    Args:
        run: the run's folder.
    """

    def __init__(self, run: RunFolder) -> None:
        self.run = run

    @cached_property
    def trials(self) -> pd.DataFrame:
        """One row a trial; raises :class:`UserError` when the run has no tables yet."""
        if not self.run.trials_table.exists():
            raise UserError(f"{self.run.label} has no {self.run.trials_table.name}: nothing has been run there yet")
        return pd.read_parquet(self.run.trials_table)

    @cached_property
    def history(self) -> pd.DataFrame:
        """One row for each epoch of each trial; empty when nothing was reported."""
        return _read(self.run.history_table, ["trial", "variant", "setting", "seed", "attempt", "epoch"])

    @cached_property
    def references(self) -> pd.DataFrame:
        """Floors and ceiling, one row a seed; empty when the study has none."""
        return _read(self.run.references_table, ["seed", "state", "reason"])

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """How the run came about: command, versions, devices, seeds, counts; empty when there is none."""
        path = self.run.manifest_file
        return dict(json.loads(path.read_text())) if path.exists() else {}

    @cached_property
    def study(self) -> Study:
        """The study as it was run: profile and overrides applied."""
        return load_study(self.run.study_file, name=self.run.name)

    @property
    def failures(self) -> int:
        """Trials and references whose last try failed."""
        trials = standing(self.trials)
        return int((trials["state"] == "FAIL").sum() + (self.references["state"] == "FAIL").sum())

    def trial(self, number: int) -> TrialHandle:
        """One trial by its run-wide number.

        Raises:
            UserError: there is no such trial.
        """
        numbers = self.trials["trial"]
        if number not in set(numbers):
            there = f"its trials are {numbers.min()} to {numbers.max()}" if len(numbers) else "it has no trials"
            raise UserError(f"{self.run.label} has no trial {number}; {there}")
        row = self.trials[numbers == number].iloc[0]
        measured = row[[name for name in row.index if name.startswith("metric.")]].dropna()
        return TrialHandle(
            number=number,
            folder=self.run.trial(number),
            metrics={str(name).removeprefix("metric."): float(value) for name, value in measured.items()},
        )

    def answer(self) -> str:
        """What the study found, in a few lines of plain text."""
        from spreadtune.analysis.answer import answer  # these build on Results
        from spreadtune.analysis.frame import build_frame

        return "\n".join(answer(build_frame(self)))

    def write_report(self) -> Path:
        """Write ``report.html`` into the run folder and return its path."""
        from spreadtune.analysis.report import write_report

        return write_report(self)


def _read(table: Path, columns: list[str]) -> pd.DataFrame:
    return pd.read_parquet(table) if table.exists() else pd.DataFrame(columns=columns)
