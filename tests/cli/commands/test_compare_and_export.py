"""``compare`` and ``export`` as typed: what they print, what they leave alone, and mistakes."""

import re
import sys
from pathlib import Path

import pytest

from spreadtune.cli.main import main
from spreadtune.run_folder import RunFolder, write_json
from tests.cli.commands.test_runs import NEW, OLD, begin
from tests.cli.test_mistakes import told
from tests.workplace import Workplace


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    monkeypatch.chdir(tmp_path)
    place = Workplace(tmp_path)
    place.write("x", {})
    return place


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as exit_of:
        main(arguments)
    captured = capsys.readouterr()
    assert exit_of.value.code == 0, captured.err
    return captured.out


def contents(run: RunFolder) -> dict[str, bytes]:
    return {str(path.relative_to(run.path)): path.read_bytes() for path in run.path.rglob("*") if path.is_file()}


def test_compare_prints_a_table_and_the_page_and_leaves_the_runs_alone(
    workplace: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [begin(OLD, trials=4), begin(NEW, trials=3)]
    before = [contents(run) for run in runs]
    heading, first, second, *_, last = printed(capsys, "compare", f"x/{OLD}", "x").splitlines()
    assert re.split("  +", heading.strip())[:3] == ["run", "best setting", "n"]
    assert re.split("  +", first) == ["A", f"x/{OLD}", "alpha 0.6", "2", "0.700", "+0.100", "+0.100"]
    assert second.startswith(f"B  x/{NEW}")
    page = Path(last.removeprefix("comparison").strip())
    assert page == Path(f"results/compare-{OLD}-{NEW}.html").absolute()
    assert page.is_file()
    assert [contents(run) for run in runs] == before


def test_export_prints_its_files_and_writes_nothing_else(
    workplace: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    run = begin(OLD, trials=4)
    with run.lock():  # it is being run
        lines = printed(capsys, "export", "x", "--format", "csv, markdown", "--output", "paper").splitlines()
    files = ("trials.csv", "settings.csv", "best.csv", "references.csv", "best.md", "settings.md", "trials.md")
    assert lines == [f"paper/{name}" for name in files]
    assert all(Path(line).is_file() for line in lines)
    assert not (run.path / "trials.csv").exists()
    printed(capsys, "export", "x", "--format", "csv")
    assert sorted(path.name for path in (run.path / "export").iterdir()) == [
        "best.csv",
        "references.csv",
        "settings.csv",
        "trials.csv",
    ]


def test_figures_that_cannot_be_drawn(
    workplace: Workplace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(OLD, trials=4)
    monkeypatch.setitem(sys.modules, "kaleido", None)
    missing = 'no figures: Kaleido is not installed: pip install "spreadtune[export]"'
    assert printed(capsys, "export", "x").splitlines()[-1] == missing, "what can be written is enough"
    with pytest.raises(SystemExit) as exit_of:
        main(["export", "x", "--format", "csv,figures"])
    assert exit_of.value.code == 1, "they were asked for"
    assert capsys.readouterr().err == f"error: {missing}\n"


def test_a_run_with_a_database_of_its_own_needs_its_address(
    workplace: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    run, url = begin(OLD, trials=4), f"sqlite:///{workplace.folder}/elsewhere.db"
    begin(NEW, trials=4)
    run.database_file.rename(workplace.folder / "elsewhere.db")
    write_json(run.manifest_file, {"run": run.label, "command": [], "storage": url})
    for words in (["compare", f"x/{OLD}", "x"], ["export", f"x/{OLD}"], ["report", f"x/{OLD}"]):
        assert told(capsys, *words) == f"x/{OLD} keeps its trials in {url}; give that address with --storage"
    assert not run.trials_table.exists()
    assert f"A  x/{OLD}" in printed(capsys, "compare", f"x/{OLD}", "x", "--storage", url)
    assert "settings.csv" in printed(capsys, "export", f"x/{OLD}", "--format", "csv", "--storage", url)


def test_mistakes_of_compare(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    begin(OLD, trials=4)
    begin(NEW, trials=0)
    assert told(capsys, "compare", f"x/{OLD}") == "a comparison needs at least two runs; name another RUN"
    assert told(capsys, "compare", f"x/{OLD}", f"results/x/{OLD}") == f"x/{OLD} is named twice; name each run once"
    assert told(capsys, "compare", f"x/{OLD}", "x").endswith("no trial has finished with a transfer accuracy yet")
    assert told(capsys, "compare", f"x/{OLD}", "y").startswith("no run 'y' in results")


def test_runs_that_clash(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    begin(OLD)
    begin(NEW)
    study = Path(f"results/x/{NEW}/study.yaml")
    study.write_text(study.read_text().replace("transfer_accuracy: maximize", "spread: minimize"))
    message = told(capsys, "compare", f"x/{OLD}", f"x/{NEW}")
    both = f"A (x/{OLD}) and B (x/{NEW}) cannot be compared"
    assert message == f"{both}: search.optimize is {{transfer_accuracy: maximize}} and {{spread: minimize}}"


def test_mistakes_of_export(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    begin(OLD)
    assert told(capsys, "export", "x", "--format", "pdf").startswith("--format: unknown format 'pdf'")
    Path(f"results/x/{OLD}/optuna.db").write_bytes(b"no database")
    message = told(capsys, "export", f"x/{OLD}")
    assert "optuna.db cannot be read" in message
    assert message.startswith(f"x/{OLD}: ")
