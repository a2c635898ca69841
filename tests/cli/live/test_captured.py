# ruff: noqa: T201
import logging
import sys

import pytest
from rich.console import Console

from spreadtune.cli.live.captured import captured


def test_what_is_printed_is_logged_line_by_line(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    console = Console(file=sys.stdout)
    with caplog.at_level(logging.INFO), captured():
        print("\x1b[33m(raylet)\x1b[0m a worker died")
        print("half a ", end="")
        print("line", file=sys.stdout)
        print("a warning", file=sys.stderr)
        print()
        print("an unfinished end", end="")
        console.print("for a person")
    assert [record.message for record in caplog.records] == [
        "(raylet) a worker died",
        "half a line",
        "a warning",
        "an unfinished end",
    ]
    assert capsys.readouterr().out == "for a person\n"
    print("as ever")
    assert capsys.readouterr().out == "as ever\n"


def test_a_failure_inside_ends_the_capture() -> None:
    before = sys.stdout, sys.stderr
    with pytest.raises(KeyboardInterrupt), captured():
        raise KeyboardInterrupt
    assert (sys.stdout, sys.stderr) == before
