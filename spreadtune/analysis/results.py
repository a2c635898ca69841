"""What a run found, as a notebook reads it."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from spreadtune.analysis.answer import answer, caution
from spreadtune.analysis.best_table import best_settings
from spreadtune.analysis.export import FORMATS, Exported, export
from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.gains import gains
from spreadtune.analysis.progress import progress_of
from spreadtune.analysis.tables import Tables
from spreadtune.analysis.trial_handle import TrialHandle
from spreadtune.errors import UserError


class Results(Tables):
    """The tables of a run, its answer, its report and its trials."""

    @property
    def failures(self) -> int:
        """Trials and references whose last try failed."""
        return progress_of(self).whole.failed

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
        measured = row[[name for name in row.index if name.startswith(("metric.", "test."))]].dropna()
        return TrialHandle(
            number=number,
            folder=self.run.trial(number),
            metrics={str(name).removeprefix("metric."): float(value) for name, value in measured.items()},
        )

    def answer(self) -> str:
        """What the study found, in a few lines of plain text."""
        lines = [*answer(build_frame(self)), caution(self.manifest)]
        return "\n".join(filter(None, lines))

    def gains(self) -> pd.DataFrame:
        """Every finished setting minus the best SupCon and minus the SupCon with all else equal, paired over seeds;
        see :func:`spreadtune.analysis.gains.gains`."""
        return gains(build_frame(self))

    def best(self) -> pd.DataFrame:
        """The best SupCon and the best setting of each temperature, batch and pair scheme, or of each variant; see
        :func:`spreadtune.analysis.best_table.best_settings`."""
        return best_settings(build_frame(self))

    def write_report(self) -> Path:
        """Write ``report.html`` into the run folder and return its path."""
        from spreadtune.analysis.report import write_report  # Plotly is slow to import and needed here only

        return write_report(self)

    def export(self, folder: str | Path | None = None, formats: Collection[str] = FORMATS) -> Exported:
        """Write tables and figures for papers and other programs; the same run gives the same files.

        Args:
            folder: where; ``export`` in the run's folder by default. Files of the same names there are replaced.
            formats: some of ``csv``, ``parquet``, ``latex``, ``markdown`` and ``figures`` (PNG and SVG, for which
                Kaleido, ``pip install "spreadtune[export]"``, and a Chromium or Chrome are needed).

        Returns:
            What was written, and why there are no figures where they could not be drawn.

        Raises:
            UserError: an unknown format, no finished trial, or nothing can be written there.
        """
        return export(self, Path(folder) if folder is not None else self.run.path / "export", formats)
