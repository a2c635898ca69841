"""A log on a disk that is full."""

import logging
from pathlib import Path

import pytest

from spreadtune.runtime.log import LogFile


def test_a_line_that_cannot_be_written_is_lost_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full here")
    handler = LogFile(full)
    handler.handle(logging.LogRecord("spreadtune", logging.INFO, __file__, 1, "x" * 100_000, None, None))
    handler.close()
    assert capsys.readouterr() == ("", "")
