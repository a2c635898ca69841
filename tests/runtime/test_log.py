"""A log on a disk that is full."""

import logging
from pathlib import Path

import pytest

from spreadtune.run_folder import UnwritableError
from spreadtune.runtime.log import LogFile


def test_a_line_that_cannot_be_written_is_lost_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full here")
    handler = LogFile(full)
    handler.handle(logging.LogRecord("spreadtune", logging.INFO, __file__, 1, "x" * 100_000, None, None))
    handler.close()
    assert capsys.readouterr() == ("", "")


def test_one_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        LogFile(tmp_path / "absent" / "log")
    if not Path("/proc/version").exists():
        pytest.skip("no read-only folder here")
    with pytest.raises((UnwritableError, FileNotFoundError)):
        LogFile(Path("/proc/version"))
