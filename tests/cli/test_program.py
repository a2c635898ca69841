"""The command as a person would type it again."""

import sys
from pathlib import Path

import pytest

from spreadtune.cli.program import beside, command_line, run_words

SCRIPTS = Path(sys.executable).parent


@pytest.mark.parametrize(
    ("original", "typed", "words"),
    [
        (["python", "-m", "spreadtune.study", "x"], ["python", "-m", "spreadtune.study", "x"], None),
        (["python", "-m", "spreadtune", "run", "x"], ["python", "-m", "spreadtune", "run", "x"], None),
        (["python", "spreadtune", "run", "x"], ["spreadtune", "run", "x"], ["spreadtune", "run"]),
    ],
)
def test_as_it_was_started(
    monkeypatch: pytest.MonkeyPatch, original: list[str], typed: list[str], words: list[str] | None
) -> None:
    monkeypatch.setenv("PATH", str(SCRIPTS))
    monkeypatch.setattr(sys, "orig_argv", original)
    monkeypatch.setattr(sys, "argv", ["program", *typed[typed.index("x") - (original[-2] == "run") :]])
    assert command_line() == typed
    assert run_words() == (words or typed[:-1])


def test_a_tool_is_named_by_its_path_where_the_shell_would_not_find_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(SCRIPTS))
    assert beside("spreadtune") == "spreadtune"
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.chdir(SCRIPTS.parent)
    assert beside("spreadtune") == "bin/spreadtune"
