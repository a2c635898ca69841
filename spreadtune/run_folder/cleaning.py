"""Checkpoints that a run can do without."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from spreadtune.run_folder.retention import Watched, superfluous
from spreadtune.run_folder.run import RunFolder
from spreadtune.run_folder.unwritable import writing


def needless_checkpoints(
    run: RunFolder, keep: Literal["last", "best", "none"], watched: Watched | None
) -> dict[Path, list[Path]]:
    """By folder of a trial or reference that has ended, its checkpoints that need not stay; those with none left out.

    Args:
        run: held by the caller.
        keep: what stays of each.
        watched: what ``best`` looks at.
    """
    folders = [*map(run.trial, run.trials()), *run.every_reference()]
    found = {
        folder.path: [
            path
            for encoder in folder.encoders().values()
            for path in superfluous(encoder.checkpoints(), encoder.history(), keep, watched)
        ]
        for folder in folders
        if folder.outcome()
    }
    return {path: files for path, files in found.items() if files}


def remove(run: RunFolder, files: Iterable[Path]) -> None:
    """Remove them; raises :class:`~spreadtune.run_folder.UnwritableError` where the disk is read-only."""
    with writing(run.path):
        for path in files:
            path.unlink(missing_ok=True)
