"""A study file and a run folder of format 1, frozen: whatever comes later has to read them.

The run was interrupted in the third epoch of its second trial of three.
"""

import json
import shutil
from pathlib import Path

import pytest

import spreadtune
from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder, runs
from spreadtune.search.results.overview import overview
from spreadtune.spec.hash import study_hash
from tests.in_process import Session, assert_nothing_lost

FROZEN = Path(__file__).with_name("format_1")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    shutil.copytree(FROZEN / "results", tmp_path / "results")
    (tmp_path / "studies").mkdir()
    shutil.copy(FROZEN / "frozen.yaml", tmp_path / "studies")
    monkeypatch.chdir(tmp_path)
    return runs(tmp_path / "results", "frozen")[0]


def test_its_study_is_the_question_it_was(run: RunFolder) -> None:
    of_file, of_run = spreadtune.load_study("frozen"), spreadtune.load_study(run.study_file, name="frozen")
    assert of_file == of_run
    assert study_hash(of_file) == run.manifest()["hash"]


def test_its_tables_and_its_report_are_written(run: RunFolder) -> None:
    results = spreadtune.load_results("frozen")
    assert list(results.trials["state"]) == ["COMPLETE", "RUNNING"]
    assert (
        results.trials["metric.transfer_accuracy"][0]
        == json.loads(run.trial(0).result_file.read_text())["values"]["transfer_accuracy"]
    )
    assert list(results.history["epoch"]) == [1, 2, 3, 4, 5, 6, 1, 2, 3]
    assert "frozen" in results.write_report().read_text()


def test_a_list_of_runs_and_a_report_name_the_same_best_of_it(run: RunFolder) -> None:
    """Its database knows the optimized metric alone; what else was measured is stored since."""
    best = overview(run).progress.best
    assert best is not None
    assert f" {best.label}. Its " in spreadtune.load_results("frozen").answer()


@pytest.mark.slow
def test_it_is_resumed_and_other_versions_are_told_once(
    run: RunFolder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = json.loads(run.manifest_file.read_text())
    manifest["versions"] |= {"torch": "2.1.0", "ray": "2.3.0", "optuna": "4.5.6", "spreadtune": "0.0.9"}
    run.manifest_file.write_text(json.dumps(manifest))
    session = Session(Path.cwd(), capsys, monkeypatch)
    code, printed = session.spreadtune("run", "frozen", "--resume")
    assert code == 0, printed
    [warning] = [line for line in printed.splitlines() if line.startswith("warning")]
    assert "begun with torch 2.1.0, ray 2.3.0, optuna 4.5.6, spreadtune 0.0.9 and goes on with torch" in warning
    assert_nothing_lost(run, 3)
    assert [line["attempt"] for line in run.trial(1).history()] == [1, 1, 1, 2, 2, 2], "from its last checkpoint"

    code, printed = session.spreadtune("run", "frozen", "--resume")
    assert code == 0
    assert "warning" not in printed


@pytest.mark.parametrize("file", ["study", "manifest"])
def test_a_newer_format_is_refused(run: RunFolder, file: str) -> None:
    if file == "study":
        run.study_file.write_text(run.study_file.read_text().replace("format: 1", "format: 2"))
    else:
        write = json.loads(run.manifest_file.read_text()) | {"format": 2}
        run.manifest_file.write_text(json.dumps(write))
    with pytest.raises(UserError, match=r"format 2 is newer than this spreadtune reads \(1\)"):
        spreadtune.load_results("frozen")
