"""Files of a run that are damaged: what is repaired, and what is told with its fix."""

from pathlib import Path
from typing import Any

import pytest

from spreadtune.run_folder import AttemptFolder, Outcome, RunFolder, TrialFolder, runs
from spreadtune.search.results.tables import export_tables
from tests.in_process import Session
from tests.lab import Lab, _schema_version_read_once, database, lab

__all__ = ["_schema_version_read_once", "database", "lab"]

ALPHA = {"objective.alpha": {"grid": [0, 0.25, 0.5]}}


def spoil(path: Path) -> None:
    """What a power failure leaves of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("attempt_too", [False, True])
def test_a_published_result_is_written_again(lab: Lab, attempt_too: bool) -> None:
    """From the attempt's; where that is damaged, too, from what the database and the history have."""
    study = lab.study(space=ALPHA)
    first = lab.open(study)
    lab.run_all(first, lambda assignment: 0.5 + assignment.number / 10)
    first.close()
    folder = lab.run.trial(1)
    [attempt] = folder.attempts()
    for epoch in (1, 2):
        attempt.append_history({"epoch": epoch, "spread": 0.1 * epoch, "loss": 1.0, "seconds": 1.0})
    before = folder.outcome()
    spoil(folder.result_file)
    if attempt_too:
        spoil(attempt.result_file)

    export_tables(study, lab.run)  # which a report does, and writes nothing else
    assert folder.outcome() is None
    lab.open(study).close()
    restored = folder.outcome()
    assert restored is not None
    assert before is not None
    assert (restored.state, restored.values) == (before.state, before.values)
    assert restored.metrics == before.metrics | ({"spread": 0.2} if attempt_too else {})


def test_tables_have_it_before_that(lab: Lab) -> None:
    import pandas as pd

    study = lab.study(space=ALPHA)
    first = lab.open(study)
    lab.run_all(first, lambda assignment: 0.5 + assignment.number / 10)
    first.close()
    export_tables(study, lab.run)
    whole = pd.read_parquet(lab.run.trials_table)
    lab.run.trial(2).result_file.unlink()
    export_tables(study, lab.run)
    assert pd.read_parquet(lab.run.trials_table).equals(whole)


def test_a_stopped_one_too(lab: Lab) -> None:
    study = lab.study(space=ALPHA, early_stopping={"name": "successive_halving", "min_epochs": 2, "reduction": 2})
    ledger = lab.open(study)
    good, bad = ledger.next(), ledger.next()
    assert good
    assert bad
    ledger.report(good.number, 2, {"knn_transfer_accuracy": 0.9})
    assert ledger.report(bad.number, 2, {"knn_transfer_accuracy": 0.1, "spread": 0.2})
    before = ledger.settle(bad.number)
    lab.finish(ledger, good)
    ledger.close()
    spoil(bad.folder.result_file)
    lab.open(study).close()
    restored = bad.folder.outcome()
    assert restored is not None
    assert (restored.state, restored.reason, restored.epoch) == (before.state, before.reason, before.epoch)
    assert restored.metrics == before.metrics


def test_an_attempt_s_result_that_is_damaged_is_none(lab: Lab) -> None:
    """The trial is taken up from its last checkpoint and measured again."""
    study = lab.study(space=ALPHA)
    ledger = lab.open(study)
    assignment = ledger.next()
    assert assignment
    lab.write(assignment, Outcome("COMPLETE", epoch=10, metrics={"transfer_accuracy": 0.4}))
    ledger.close()
    spoil(assignment.folder.attempts()[0].result_file)
    again = lab.open(study).next()
    assert again
    assert (again.number, again.resumed) == (assignment.number, True)


def test_a_history_with_a_line_cut_short(tmp_path: Path) -> None:
    folder = TrialFolder(tmp_path / "trials" / "0000")
    attempt: AttemptFolder = folder.new_attempt()
    for epoch in (1, 2, 3):
        attempt.append_history({"epoch": epoch, "spread": 0.5})
    whole = attempt.history_file.read_bytes()
    for end in range(len(whole) * 2 // 3 + 1, len(whole) - 1):
        attempt.history_file.write_bytes(whole[:end])
        assert [line["epoch"] for line in attempt.history()] == [1, 2]
    attempt.history_file.write_bytes(whole[:-1] + b"\n\x00\xff\x00\n")
    assert [line["epoch"] for line in attempt.history()] == [1, 2, 3]


@pytest.fixture
def run(session: Session) -> RunFolder:
    """A run whose only trial was interrupted."""
    session.write("x", {"training.epochs": 1, "search.space": {"objective.alpha": {"grid": [0]}}})
    session.at_report = lambda folder, result: (_ for _ in ()).throw(KeyboardInterrupt)
    assert session.spreadtune("run", "x")[0] == 130
    return runs(session.folder / "results", "x")[0]


def test_each_is_told_in_one_message_with_its_fix(session: Session, run: RunFolder) -> None:
    def told(*words: str) -> str:
        code, printed = session.spreadtune(*words)
        assert code in (1, 2)
        assert "Traceback" not in printed
        [line] = [line for line in printed.splitlines() if line.startswith(("error: ", "broke off: "))]
        return line

    cases: list[tuple[Path, Any]] = [
        (run.manifest_file, "manifest.json is damaged"),
        (run.study_file, "study.yaml"),
        (run.database_file, "optuna.db is damaged (file is not a database)"),
    ]
    for file, message in cases:
        whole = file.read_bytes()
        file.write_bytes(b"{: not what it was" * 100)
        for words in (("report", "x"), ("run", "x", "--resume", run.label)):
            line = told(*words)
            assert message in line
            assert "put it back from a backup" in line
        file.write_bytes(whole)
    (run.path / "optuna.db").unlink()
    assert "optuna.db is damaged (it is gone): put it back" in told("run", "x", "--resume")
