"""The database is locked, or moved away, while a study runs, and comes back."""

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from spreadtune.run_folder import RunFolder, runs
from spreadtune.search.storage import database
from tests.in_process import Session, assert_nothing_lost

STUDY = {
    "search.space": {"objective.alpha": {"grid": [0, 0.6]}},
    "search.early_stopping": {"name": "median", "min_epochs": 1, "startup_trials": 5},
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SQLITE_PATIENCE", 0.01)


def locked(run: RunFolder, *, readers_too: bool = False) -> Callable[[], None]:
    """Another process holds it for itself; gives what lets go. By its write-ahead log it can still be read."""
    other = sqlite3.connect(run.database_file, check_same_thread=False)
    if readers_too:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    return other.close


def moved(run: RunFolder) -> Callable[[], None]:
    """With what SQLite keeps beside it."""
    away = run.path / "away"
    away.mkdir()
    files = list(run.path.glob("optuna.db*"))
    for file in files:
        file.rename(away / file.name)

    def back() -> None:
        for file in files:
            (away / file.name).rename(file)
        away.rmdir()

    return back


@pytest.mark.slow
@pytest.mark.parametrize("leave", [locked, moved])
def test_a_study_goes_on_and_tells_it_afterwards(session: Session, leave: Callable[[RunFolder], Any]) -> None:
    session.write("away", STUDY)
    come_back: list[Callable[[], None]] = []

    def go(folder: Path, result: Mapping[str, Any]) -> None:
        if folder.name == "0000" and result.get("epoch") == 2:
            come_back.append(leave(runs(session.folder / "results", "away")[0]))

    looks: list[str] = []

    def look() -> None:
        """Nothing new can be handed out; at the fourth look it is back."""
        looks.append("not yet")
        if len(looks) == 4:
            come_back.pop()()

    session.at_report = go
    session.while_away = look if leave is locked else lambda: come_back.pop()()
    code, printed = session.spreadtune("run", "away", "--no-dashboard")
    for back in come_back:  # an open file stays open wherever it is moved to
        back()
    assert code == 0, printed
    if leave is locked:
        assert "does not answer (database is locked); going on without it" in printed
        assert "database is back after" in printed
        assert len([line for line in printed.splitlines() if line.startswith("warning")]) == 2
    run = runs(session.folder / "results", "away")[0]
    assert_nothing_lost(run, 2)
    rows = sqlite3.connect(run.database_file).execute("SELECT count(*) FROM trial_intermediate_values").fetchone()
    assert rows == (8,), "every epoch of both trials was told"


def test_a_locked_one_is_told_by_every_command(session: Session) -> None:
    session.write("away", {"training.epochs": 1, "search.space": {"objective.alpha": {"grid": [0]}}})
    session.at_report = lambda folder, result: (_ for _ in ()).throw(KeyboardInterrupt)
    assert session.spreadtune("run", "away")[0] == 130
    let_go = locked(runs(session.folder / "results", "away")[0], readers_too=True)
    told = "the study's database does not answer (database is locked); nothing is lost, try again when it does"
    for words in (
        ("report", "away"),
        ("run", "away", "--resume"),
        ("run", "away", "--plan", "--resume"),
        ("run", "away"),
    ):
        code, printed = session.spreadtune(*words)
        [line] = [line for line in printed.splitlines() if told in line]
        assert (code, line.partition(": ")[0]) == (
            1,
            "broke off" if words[-1] == "--resume" and len(words) == 3 else "error",
        )
        assert "Traceback" not in printed
    code, printed = session.spreadtune("runs")
    assert code == 0
    assert "interrupted" in printed, "the list only looks, and waits for nobody"
    let_go()
