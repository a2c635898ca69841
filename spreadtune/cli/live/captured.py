"""What libraries print while a study runs: it belongs in the run's log, not among the lines for a person."""

import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

logger = logging.getLogger(__name__)

_COLOR = re.compile(r"\x1b\[[0-9;]*m")


class LoggedStream(io.TextIOBase):
    """Text written to it is logged line by line, without colors."""

    def __init__(self) -> None:
        self._begun = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._log(line)
        return len(text)

    def close(self) -> None:
        self._log(self._begun)
        self._begun = ""
        super().close()

    def _log(self, line: str) -> None:
        if plain := _COLOR.sub("", line).rstrip():
            logger.info("%s", plain)


@contextmanager
def captured() -> Iterator[None]:
    """Inside the block ``print`` and writes to standard output and error are logged. Consoles made before it go on."""
    with LoggedStream() as out, LoggedStream() as err, redirect_stdout(out), redirect_stderr(err):
        yield
