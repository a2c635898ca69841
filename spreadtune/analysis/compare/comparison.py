"""Runs beside each other, as a notebook reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Self

import pandas as pd

from spreadtune.analysis.compare.compared_run import ComparedRun, sides
from spreadtune.analysis.compare.compatible import refuse_a_list, refuse_what_clashes
from spreadtune.analysis.compare.differences import differences
from spreadtune.analysis.compare.pairs import pairs
from spreadtune.analysis.compare.settings import setting_means
from spreadtune.analysis.compare.tables import best_columns
from spreadtune.analysis.compare.words import answer
from spreadtune.analysis.tables import Tables
from spreadtune.errors import UserError
from spreadtune.run_folder import write_atomic

MARK = "<!-- a spreadtune comparison -->"
"""What a comparison's page begins with: only such a file is replaced by another one."""

_NAMED = 2  # runs whose IDs a file's name has room for


@dataclass(frozen=True)
class Comparison:
    """Two runs or more, the others beside the first.

    Attributes:
        sides: the runs with their letters.
    """

    sides: tuple[ComparedRun, ...]

    @classmethod
    def of(cls, runs: Sequence[Tables]) -> Self:
        """A comparison of these runs.

        Raises:
            UserError: fewer than two runs, one named twice, one without a finished trial, or two that were trained on
                other data or judged by other metrics.
        """
        refuse_a_list(runs)
        comparison = cls(sides(runs))
        refuse_what_clashes(comparison.sides)
        return comparison

    @cached_property
    def differences(self) -> pd.DataFrame:
        """What differs; see :func:`~spreadtune.analysis.compare.differences.differences`."""
        return differences(self.sides)

    @cached_property
    def settings(self) -> pd.DataFrame:
        """All settings; see :func:`~spreadtune.analysis.compare.settings.setting_means`."""
        return setting_means(self.sides)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Equal settings and their differences; see :func:`~spreadtune.analysis.compare.pairs.pairs`."""
        return pairs(self.sides)

    def best(self) -> pd.DataFrame:
        """Each run's best setting in words, with intervals where there are enough seeds."""
        columns = best_columns(self.sides, self.settings)
        cells = {column.heading: [cell.text for cell in column] for column in columns}
        runs = [side.tables.run.label for side in self.sides]
        return pd.DataFrame({"": cells.pop("run"), "run": runs, **cells})

    def answer(self) -> str:
        """What the comparison found, in a few lines of plain text."""
        return "\n".join(answer(self.sides, self.differences, self.pairs))

    def write_report(self, path: str | Path | None = None) -> Path:
        """Write the comparison as one HTML page and return its path.

        Args:
            path: of the file; by default ``compare-ID-ID.html`` in the folder of the first run's results. Only a
                comparison is replaced, never another file.

        Raises:
            UserError: another file is there, or nothing can be written.
        """
        from spreadtune.analysis.compare.report import render  # Plotly is slow to import and needed here only

        path = Path(path) if path is not None else self._default_path()
        try:
            if path.exists() and not path.read_bytes().startswith(MARK.encode()):
                raise UserError(f"--output {path}: is there and is no comparison; name another file")
            text = render(self.sides, self.settings, self.differences, self.pairs)
            write_atomic(path, f"{MARK}\n{text}")
        except OSError as error:
            raise UserError(f"--output {path}: {error.strerror}; name another file") from error
        return path

    def _default_path(self) -> Path:
        """The same runs give the same name, others another."""
        ids = [side.tables.run.id for side in self.sides]
        if len(ids) > _NAMED:
            digits = sha256("\n".join(side.tables.run.label for side in self.sides).encode()).hexdigest()
            ids = [ids[0], f"and-{len(ids) - 1}-more", digits[:8]]
        return self.sides[0].tables.run.path.parents[1] / f"compare-{'-'.join(ids)}.html"
