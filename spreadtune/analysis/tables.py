"""The tables of a run."""

from functools import cached_property
from pathlib import Path
from typing import Any, Self

import pandas as pd

from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder
from spreadtune.spec.load import load_study
from spreadtune.spec.study import Study


class Tables:
    """What is on disk of a run, as data frames. Each is read once, when it is first asked for.

    Args:
        run: the run's folder.
    """

    def __init__(self, run: RunFolder) -> None:
        self.run = run

    @classmethod
    def of_database(cls, run: RunFolder, *, storage: str | None = None) -> Self:
        """A run's tables as its database has them now; nothing is written into its folder.

        Raises:
            UserError: the database cannot be opened or read.
        """
        from spreadtune.search.results.tables import read_tables  # Optuna, which reading files does without

        tables = cls(run)
        derived = read_tables(tables.study, run, storage=storage)
        tables.trials, tables.history, tables.references = derived.trials, derived.history, derived.references
        return tables

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
        return self.run.manifest()

    @cached_property
    def study(self) -> Study:
        """The study as it was run: profile and overrides applied."""
        return load_study(self.run.study_file, name=self.run.name)


def _read(table: Path, columns: list[str]) -> pd.DataFrame:
    return pd.read_parquet(table) if table.exists() else pd.DataFrame(columns=columns)
