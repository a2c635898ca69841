"""What a list says of a run, and that asking leaves no trace."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from spreadtune.errors import UserError
from spreadtune.run_folder import Outcome, RunFolder, write_atomic, write_json
from spreadtune.search.results.overview import overview
from spreadtune.search.storage.peek import peeked_rows
from spreadtune.spec.load import dump_study

ROOT = Path(__file__).parents[3]
GRID = {"seeds": 2, "space": {"objective.alpha": {"grid": [0, 0.75]}}}


def begun(lab: Any, **search: Any) -> Any:
    study = lab.study(**(search or GRID))
    write_atomic(lab.run.study_file, dump_study(study))
    write_json(lab.run.manifest_file, {"run": lab.run.label})
    return study


def traces(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file below with its time of change and its content; folders by their time of change."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mtime_ns,
            path.stat().st_ino,
            b"" if path.is_dir() else path.read_bytes(),
        )
        for path in [folder, *folder.rglob("*")]
    }


def test_states_and_best_of_a_run(lab: Any) -> None:
    study = begun(lab)
    with lab.run.lock():
        ledger = lab.open(study)
        for value in (0.5, 0.9):  # seed 0 of both settings
            lab.finish(ledger, ledger.next(), value)
        lab.finish(ledger, ledger.next(), 0.7)
        ledger.next()
        found = overview(lab.run)
    assert (found.status, found.progress.search.total, found.progress.search.by_state) == (
        "running",
        4,
        {"COMPLETE": 3, "RUNNING": 1},
    )
    assert found.progress.best is not None
    assert (found.progress.best.label, found.progress.best.results) == ("alpha 0.75", (0.9,))
    assert overview(lab.run).status == "interrupted", "nobody holds it now"


def test_a_finished_run_and_means_over_seeds(lab: Any) -> None:
    study = begun(lab, **GRID, variants={"a": {}, "b": {"set": {"training.epochs": 5}}})
    ledger = lab.open(study)
    values = iter([0.5, 0.95, 0.6, 0.7, 0.5, 0.75, 0.6, 0.9])
    lab.run_all(ledger, lambda _: next(values))
    ledger.close()
    found = overview(lab.run)
    assert (found.status, found.progress.search.by_state) == ("finished", {"COMPLETE": 8})
    assert found.progress.best is not None
    assert found.progress.best.label == "a: alpha 0.75"
    assert found.progress.best.results == (0.95, 0.75)


def test_a_pair_that_was_retried_counts_once(lab: Any) -> None:
    study = begun(lab)
    ledger = lab.open(study)
    ledger.settle(ledger.next().number, error="vanished")
    lab.run_all(ledger)
    assert overview(lab.run).progress.search.by_state == {"COMPLETE": 3, "FAIL": 1}
    lab.run_all(lab.open(study, retry_failed=True))
    found = overview(lab.run)
    assert (found.status, found.progress.search.total, found.progress.search.by_state) == (
        "finished",
        4,
        {"COMPLETE": 4},
    )


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_confirmation_is_counted_apart_and_keeps_a_run_unfinished(lab: Any, tmp_path: Path, elsewhere: bool) -> None:
    study = begun(lab, **GRID, confirm={"seeds": 2})
    address = f"sqlite:///{tmp_path / 'elsewhere.db'}" if elsewhere else None
    if elsewhere:
        lab.run.database_file.unlink()
        write_json(lab.run.manifest_file, {"run": lab.run.label, "storage": address})
    ledger = lab.open(study, storage=address)
    for _ in range(4):
        lab.finish(ledger, ledger.next())
    found = overview(lab.run)
    assert (found.status, found.progress.search.total, found.progress.search.by_state) == (
        "interrupted",
        4,
        {"COMPLETE": 4},
    )
    assert (found.progress.confirmation.total, found.progress.confirmation.by_state) == (2, {})
    lab.finish(ledger, ledger.next(), 0.99)
    ledger.next()
    found = overview(lab.run)
    assert (found.progress.search.by_state, found.progress.confirmation.by_state) == (
        {"COMPLETE": 4},
        {"COMPLETE": 1, "RUNNING": 1},
    )
    assert found.progress.best is not None
    assert found.progress.best.mean == 0.5, "of the search alone"
    lab.run_all(lab.open(study, storage=address))
    assert overview(lab.run).status == "finished"


@pytest.mark.slow
def test_another_process_changes_no_file_while_a_driver_writes(lab: Any) -> None:
    study = begun(lab)
    with lab.run.lock():
        ledger = lab.open(study)
        for _ in range(3):
            lab.finish(ledger, ledger.next())
        ledger.next()
        before = traces(lab.run.path)
        code = (
            "import sys; from pathlib import Path; from spreadtune.run_folder import RunFolder\n"
            "from spreadtune.search.results.overview import overview\n"
            "found = overview(RunFolder(Path(sys.argv[1]))); print(found.status, found.progress.search.complete)"
        )
        command = [sys.executable, "-c", code, str(lab.run.path)]
        asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        assert asked.stdout == "running 3\n"
        assert traces(lab.run.path) == before


@pytest.mark.parametrize("part", ["live", "killed", "copied", "closed"])
def test_a_database_is_read_and_no_file_changes(lab: Any, tmp_path: Path, part: str) -> None:
    """With a driver that writes, after its kill, copied without the log's index, and after an orderly end."""
    study = begun(lab)
    ledger = lab.open(study)
    lab.finish(ledger, ledger.next())
    if part == "closed":
        ledger.close()
    run = lab.run
    if part in ("killed", "copied"):
        run = RunFolder(tmp_path / "copy" / "x")
        shutil.copytree(lab.run.path, run.path)
        if part == "copied":
            (run.path / "optuna.db-shm").unlink()
    assert (run.path / "optuna.db-wal").exists() == (part != "closed")
    before = traces(run.path)
    assert [row.state for row in peeked_rows(study, run)["main"].values()] == ["COMPLETE"]
    assert traces(run.path) == before


def test_what_is_written_next_is_seen_and_the_driver_is_not_in_the_way(lab: Any) -> None:
    study = begun(lab)
    ledger = lab.open(study)
    for count in range(1, 5):
        lab.finish(ledger, ledger.next())
        assert len(peeked_rows(study, lab.run)["main"]) == count


@pytest.mark.parametrize("part", ["live", "closed"])
def test_a_folder_that_may_not_be_written(lab: Any, part: str) -> None:
    study = begun(lab)
    lab.run_all(lab.open(study))
    if part == "closed":
        lab.close()
    with tempfile.TemporaryDirectory() as folder:  # where others than root may look, too
        run = RunFolder(Path(folder) / "x" / "y")
        shutil.copytree(lab.run.path, run.path)
        paths = [Path(folder), run.path.parent, run.path, *run.path.rglob("*")]
        for path in paths:
            path.chmod(0o555 if path.is_dir() else 0o444)
        overview(run)  # whatever is imported late
        try:
            with nobody():
                with pytest.raises(PermissionError):
                    (run.path / "new").touch()
                assert overview(run).status == "finished"
        finally:
            for path in paths:
                path.chmod(0o755)


@contextmanager
def nobody() -> Iterator[None]:
    """Root may write everywhere, so it becomes another user for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("content", [None, b"", b"no database", b"SQLite format 3\0" + bytes(4000)])
def test_a_database_that_is_none(lab: Any, content: bytes | None) -> None:
    study = begun(lab)
    lab.run.database_file.unlink()
    if content is not None:
        lab.run.database_file.write_bytes(content)
    with pytest.raises(UserError, match=r"optuna\.db"):
        peeked_rows(study, lab.run)


def test_a_database_elsewhere_is_told_from_published_results(lab: Any, tmp_path: Path) -> None:
    study = begun(lab)
    address = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    lab.run.database_file.unlink()
    write_json(lab.run.manifest_file, {"run": lab.run.label, "storage": address})
    ledger = lab.open(study, storage=address)
    ledger.settle(ledger.next().number, error="vanished")
    lab.finish(ledger, ledger.next(), 0.9)
    ledger.next()
    found = overview(lab.run)
    assert found.from_files
    assert (found.status, found.progress.search.total, found.progress.search.by_state) == (
        "interrupted",
        4,
        {"FAIL": 1, "COMPLETE": 1, "RUNNING": 1},
    )
    assert found.progress.best is not None
    assert (found.progress.best.label, found.progress.best.results) == ("alpha 0.75", (0.9,))
    lab.run_all(lab.open(study, storage=address, retry_failed=True))
    found = overview(lab.run)
    assert (found.status, found.progress.search.by_state) == ("finished", {"COMPLETE": 4})


def test_a_diverged_trial_has_no_value(lab: Any) -> None:
    study = begun(lab)
    ledger = lab.open(study)
    assignment = ledger.next()
    lab.write(assignment, Outcome("PRUNED", reason="diverged", epoch=2))
    ledger.settle(assignment.number)
    found = overview(lab.run)
    assert (found.progress.search.by_state, found.progress.best) == ({"PRUNED": 1}, None)
