"""Runs on consoles that lack characters or that nobody reads, and starts that break off before there is a run."""

from pathlib import Path
from typing import Any

import pytest

from spreadtune.cli import session as module
from spreadtune.cli.live.terminal import Terminal
from spreadtune.cli.main import main
from spreadtune.run_folder import runs
from spreadtune.runtime import driver
from tests.console import nobody_reads, printed
from tests.in_process import Session, assert_nothing_lost

ACCENT = {"description": "Où est l'alpha?", "training.epochs": 1, "search.space": {"objective.alpha": {"grid": [0.6]}}}


def start(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["run", "x", *arguments])
    return int(ended.value.code or 0)


@pytest.mark.slow
def test_a_run_and_its_extension_need_no_reader_and_no_character(session: Session) -> None:
    session.write("x", ACCENT)
    codes: list[int] = []
    text = printed("ascii", lambda: codes.append(start()))
    assert b"study      x: O? est l'alpha?" in text
    assert b"1 finished" in text
    with nobody_reads(), pytest.raises(SystemExit) as ended:
        main(["extend", "x", "--set", "search.sampler=random", "--set", "search.trials=1",
              "--set", "search.space={objective.alpha: {uniform: [0, 1]}}"])  # fmt: skip
    assert (codes, ended.value.code) == ([0], 0)
    first, second = runs(session.folder / "results", "x")
    for run in (first, second):
        assert_nothing_lost(run, 1)
        assert run.report_file.exists()


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (Terminal, "__enter__"),
        (Terminal, "say"),
        (module, "_log_to"),
        (driver, "end_leftovers"),
        (driver, "connect"),
        (driver, "plan_slots"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
@pytest.mark.parametrize("fault", [KeyboardInterrupt(), RuntimeError("on fire"), SystemExit(1)], ids=repr)
def test_what_ends_a_start_before_there_is_a_run_leaves_no_folder(
    session: Session, monkeypatch: pytest.MonkeyPatch, place: Any, name: str, fault: BaseException
) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        raise fault

    session.write("x", ACCENT)
    monkeypatch.setattr(place, name, breaks)
    with pytest.raises((SystemExit, RuntimeError)):
        main(["run", "x"])
    assert list(Path("results/x").iterdir()) == []
