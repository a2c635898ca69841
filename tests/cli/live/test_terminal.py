"""Every line of a piped run, word for word, and what a terminal shows."""

import io
import logging
import os
import pty
import re
from contextlib import suppress
from pathlib import Path

import pytest
from rich.console import Console

from spreadtune.cli.live import terminal as module
from spreadtune.cli.live.lines import what_is_left
from spreadtune.cli.live.terminal import Terminal, TerminalHandler
from spreadtune.search.results.progress import Counts
from spreadtune.spec.load import load_study
from spreadtune.spec.study import Study
from tests import counted
from tests.cli.scripted import Clock, Script
from tests.golden_text import assert_golden
from tests.workplace import Workplace

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    Workplace(tmp_path).write("told", {})
    monkeypatch.chdir(tmp_path)
    return load_study(tmp_path / "studies" / "told.yaml")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(module, "beside", lambda tool: tool)
    return Clock()


def piped(output: io.StringIO) -> Console:
    return Console(file=output, width=80, highlight=False)


def test_piped(study: Study, clock: Clock) -> None:
    output = io.StringIO()
    with Terminal(study, "told/1", piped(output), clock=clock) as monitor:
        Script(study, clock).play(monitor)
    assert_golden(GOLDEN / "piped.txt", output.getvalue())


def test_a_second_ctrl_c_says_what_was_in_training(study: Study, clock: Clock) -> None:
    output = io.StringIO()
    with Terminal(study, "told/1", piped(output), clock=clock) as monitor:
        Script(study, clock).play(monitor)
        output.truncate(0)
        output.seek(0)
        monitor.cut_off()
    assert output.getvalue() == (
        "cut off    trial 3 (alpha 0.6, seed 3) after epoch 1, goes on from its last checkpoint\n"
    )


def test_a_trial_that_is_left_is_told_with_its_epoch(study: Study, clock: Clock) -> None:
    output = io.StringIO()
    script = Script(study, clock)
    with Terminal(study, "told/1", piped(output), clock=clock) as monitor:
        script.play(monitor)
        monitor.left(script.assignment(3))
        monitor.cut_off()
    assert output.getvalue().endswith("left       trial 3 (alpha 0.6, seed 3) after epoch 1\n")


@pytest.mark.parametrize(
    ("done", "total", "references", "expected"),
    [
        (0, 24, (0, 3), "24 trials and 3 references (floors and ceiling)"),
        (19, 24, (2, 3), "5 of 24 trials and 1 of 3 references (floors and ceiling)"),
        (24, 24, (0, 0), "0 of 24 trials"),
        (0, 1, (0, 1), "1 trial and 1 reference (floors and ceiling)"),
    ],
)
def test_what_is_left_to_run(done: int, total: int, references: tuple[int, int], expected: str) -> None:
    search, scale = Counts(total, complete=done, failed=1, retrying=1), Counts(references[1], complete=references[0])
    progress = counted.progress(search, scale)
    assert what_is_left(progress) == expected, "a failed trial that is retried is to be run"


class Screen:
    """A terminal that remembers what is on it: enough of one for cursor moves and cleared lines.

    Attributes:
        lines: from the top.
        hidden: whether the cursor is.
    """

    def __init__(self) -> None:
        self.lines = [""]
        self.row = 0
        self.hidden = False

    def feed(self, text: str) -> None:
        for part in re.split(r"(\x1b\[[?\d;]*[a-zA-Z]|[\r\n])", text):
            if part == "\n":
                self.row += 1
                self.lines += [""] * (self.row + 1 - len(self.lines))
            elif part == "\r" or part.endswith("m"):
                continue
            elif part == "\x1b[2K":
                self.lines[self.row] = ""
            elif part == "\x1b[1A":
                self.row -= 1
            elif part in ("\x1b[?25l", "\x1b[?25h"):
                self.hidden = part.endswith("l")
            else:
                assert "\x1b" not in part, repr(part)
                self.lines[self.row] += part


def test_settled_trials_scroll_by_above_the_view_and_nothing_of_it_stays(study: Study, clock: Clock) -> None:
    output, screen = io.StringIO(), Screen()
    console = Console(file=output, width=80, height=24, force_terminal=True, legacy_windows=False)

    def interrupted() -> None:
        with Terminal(study, "told/1", console, live=True, clock=clock) as monitor:
            Script(study, clock).play(monitor)
            console._live_stack[0].refresh()
            screen.feed(output.getvalue())
            assert screen.hidden
            assert_golden(GOLDEN / "screen.txt", "\n".join(screen.lines))
            output.truncate(0)
            output.seek(0)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    screen.feed(output.getvalue())
    assert not screen.hidden, "Ctrl-C gives the cursor back"
    left = [line.rstrip() for line in screen.lines if line]
    assert left[-2].startswith("4/5 ")
    assert left[-1] == "0.990 (2.0 s)"
    assert not any(line.startswith("told/1") for line in left)


@pytest.mark.parametrize(("variable", "value"), [("TERM", "dumb"), ("NO_COLOR", "1"), ("COLUMNS", "44")])
def test_a_terminal_as_the_environment_describes_it(
    variable: str, value: str, study: Study, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv(variable, value)
    driver, terminal = pty.openpty()
    with (
        open(terminal, "w") as file,
        Terminal(study, "told/1", Console(file=file, highlight=False), clock=clock) as monitor,
    ):
        Script(study, clock).play(monitor)
        monitor.say("the end")
    text = all_of(driver)
    if variable == "TERM":
        assert "\x1b" not in text, "one line per event, as in a pipe"
        assert "started    trial 0" in text
    else:
        assert "\x1b[2K" in text, "a live view"
        assert "started    trial 0" not in text
    colored = re.search(r"\x1b\[[\d;]*3\dm", text)
    assert bool(colored) == (variable == "COLUMNS")
    if variable == "COLUMNS":
        plain = re.sub(r"\x1b\[[?\d;]*[a-zA-Z]", "", text)
        lines = [line for line in re.split(r"[\r\n]+", plain) if "its log: " not in line]  # a path stays whole
        assert max(map(len, lines)) <= 44


def all_of(driver: int) -> str:
    """What a terminal that is closed was given: one read may bring a part of it, the last one fails."""
    parts = []
    with suppress(OSError):
        while part := os.read(driver, 1 << 20):
            parts.append(part)
    os.close(driver)
    return b"".join(parts).decode()


def test_warnings_are_lines_above_the_view(study: Study, clock: Clock) -> None:
    output = io.StringIO()
    handler = TerminalHandler(Terminal(study, "told/1", piped(output), clock=clock))
    handler.setFormatter(logging.Formatter("warning    %(message)s"))
    handler.emit(logging.LogRecord("spreadtune", logging.WARNING, "", 0, "low [disk]", (), None))
    assert output.getvalue() == "warning    low [disk]\n"


def test_the_view_is_not_shown_in_a_pipe(study: Study, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """``FORCE_COLOR``, as CI sets it, makes rich take a pipe for a terminal."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    output = io.StringIO()
    with Terminal(study, "told/1", Console(file=output, width=80), live=False, clock=clock) as monitor:
        Script(study, clock).play(monitor)
    assert "\x1b[2K" not in output.getvalue()
    assert "started    trial 0" in output.getvalue()
