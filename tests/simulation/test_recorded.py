"""Recorded tables: from a run, to a file and back."""

from pathlib import Path

import pandas as pd
import pytest

from spreadtune.errors import UserError
from spreadtune.run_folder import Outcome
from spreadtune.search.results.tables import export_tables
from spreadtune.simulation import Judge, Recorded, record
from tests.lab import Lab
from tests.simulation.landscapes import EPOCHS, PAIRS, WARMUPS, recorded, study

SHIPPED = Path(__file__).parents[2] / "benchmarks" / "recorded" / "digits_weights_grid.parquet"


def test_a_file_reads_back(tmp_path: Path) -> None:
    table = recorded(diverged=(1, "all"))
    table.write(tmp_path / "table.parquet")
    again = Recorded.read(tmp_path / "table.parquet")
    assert (again.study, again.study.name, again.variant.name) == (table.study, "tiny", "main")
    assert again.paths == ("training.warmup_epochs", "objective.pairs")
    assert (again.values("training.warmup_epochs"), again.seeds) == (list(WARMUPS), (0, 1, 2, 3))
    assert again.settings() == table.settings() == [(warmup, pairs) for warmup in WARMUPS for pairs in PAIRS]
    for setting in table.settings():
        before, after = table.trial(setting, 2), again.trial(setting, 2)
        assert after.value == (None if before.value is None else pytest.approx(before.value, rel=1e-6))
        assert after.reports == pytest.approx(before.reports, rel=1e-6)
        assert (after.epochs, after.seconds) == (before.epochs, before.seconds)


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.parquet").write_text("no table")
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "other.parquet")
    for name in ("text", "other"):
        with pytest.raises(UserError, match=rf"{name}.parquet is no recorded table"):
            Recorded.read(tmp_path / f"{name}.parquet")
    with pytest.raises(UserError, match=r"missing.parquet: no such file"):
        Recorded.read(tmp_path / "missing.parquet")


def test_a_finished_run_is_a_table(lab: Lab) -> None:
    asked = study({"sampler": "grid", "seeds": 2, "space": {"training.warmup_epochs": {"grid": [0, 2]}}})
    ledger = lab.open(asked)
    while assignment := ledger.next():
        attempt = assignment.folder.new_attempt()
        for epoch in range(1, EPOCHS + 1):
            measured = {"knn_transfer_accuracy": epoch / 10} if epoch % 4 == 0 else {}
            attempt.append_history({"epoch": epoch, "seconds": 0.5, **measured})
        value = (assignment.spec.training.warmup_epochs or 0) / 10 + assignment.seed
        found = Outcome("COMPLETE", epoch=EPOCHS, metrics={"transfer_accuracy": value}, details={"seconds": 4.5})
        found.write(attempt.result_file)
        if assignment.number == 2:
            export_tables(asked, lab.run)
            with pytest.raises(UserError, match="not finished: 2 trials have ended"):
                record(lab.run, asked)
        ledger.settle(assignment.number)
    export_tables(asked, lab.run)
    table = record(lab.run, asked)
    assert table.settings() == [(0,), (2,)]
    trial = table.trial((2,), 1)
    assert (trial.value, trial.epochs, trial.seconds) == (1.2, EPOCHS, 4.5)
    assert trial.reports == {4: 0.4, 8: 0.8}


def test_a_run_that_is_no_grid_is_refused(lab: Lab) -> None:
    searched = study({"sampler": "random", "trials": 2, "space": {"objective.alpha": {"uniform": [0, 1]}}})
    with pytest.raises(UserError, match="is no grid"):
        record(lab.run, searched)
    spread = study({"space": {"objective.alpha": {"grid": [0]}}, "optimize": {"alignment": "minimize"}})
    with pytest.raises(UserError, match="alignment, for which nothing stands during training"):
        record(lab.run, spread)
    stopped = study({"space": {"objective.alpha": {"grid": [0]}}, "early_stopping": "median"})
    with pytest.raises(UserError, match="stopped trials early"):
        record(lab.run, stopped)


def test_the_shipped_table_is_hard_enough_to_tell_searches_apart() -> None:
    table = Recorded.read(SHIPPED)
    settings = table.settings()
    assert len(settings) >= 96
    assert table.seeds == tuple(range(10))
    assert len(Judge.of(table, range(5, 10)).successes) <= len(settings) / 10
