"""The logs of a run and of its attempts: how a line looks, and what a full disk does to them."""

import logging
import time
from contextlib import suppress
from pathlib import Path

from spreadtune.run_folder import writing


def log_formatter() -> logging.Formatter:
    """Time in UTC, as in run IDs and the manifest, level, who says it, what."""
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(name)s: %(message)s", datefmt="%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    return formatter


class LogFile(logging.FileHandler):
    """A log in a run's folder. A line that cannot be written is lost, quietly: whoever needs the disk says so.

    Python's own handler would print a traceback for each, which on a captured console would be logged in its turn.

    Raises:
        UnwritableError: the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        with writing(path.parent):
            super().__init__(path, encoding="utf-8")
        self.setFormatter(log_formatter())

    def handleError(self, record: logging.LogRecord) -> None: ...  # noqa: N802 (the base class's name)

    def close(self) -> None:
        with suppress(OSError):  # what is still to be flushed
            super().close()
