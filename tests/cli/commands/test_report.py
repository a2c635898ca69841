"""``report`` as typed: tables and report are written afresh, also while the run goes on."""

import os
from pathlib import Path

import pandas as pd
import pytest

from spreadtune.cli.main import main
from tests.cli.commands.test_runs import NEW, OLD, begin
from tests.workplace import Workplace


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Workplace(tmp_path).write("x", {})


def report(capsys: pytest.CaptureFixture[str], run: str) -> list[str]:
    with pytest.raises(SystemExit) as ended:
        main(["report", run])
    assert ended.value.code == 0
    return capsys.readouterr().out.splitlines()


def test_it_prints_the_run_its_answer_and_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    begin(OLD, trials=4)
    run = begin(NEW, trials=4)
    first, _, best, *_, last = report(capsys, "x")
    assert first == f"run  {run.label}"
    assert best.startswith("Best setting: alpha 0.6. Its transfer accuracy is 0.700")
    assert last == f"report  {run.report_file}"
    assert run.label in run.report_file.read_text(encoding="utf-8")


def test_it_says_what_there_is_so_far_and_then_again(capsys: pytest.CaptureFixture[str]) -> None:
    run = begin(OLD, trials=1)
    with run.lock():  # its driver is at work
        lines = report(capsys, f"x/{OLD}")
    assert "Trials: 1 finished, 0 stopped early, 0 failed." in lines
    assert "So far: 1 of 4 trials." in run.report_file.read_text(encoding="utf-8")
    assert len(pd.read_parquet(run.trials_table)) == 1
    os.remove(run.trials_table)
    report(capsys, f"x/{OLD}")
    assert len(pd.read_parquet(run.trials_table)) == 1, "tables are derived, and are made again"
