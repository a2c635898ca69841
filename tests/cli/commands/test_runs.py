"""The list of runs: what a line says, in which order, and the command that goes on."""

import io
import re
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from spreadtune.cli.commands.resuming import resume_command
from spreadtune.cli.commands.run_list import list_runs
from spreadtune.cli.main import main
from spreadtune.run_folder import Outcome, RunFolder, write_atomic, write_json
from spreadtune.search.ledger import Ledger
from spreadtune.spec.load import dump_study, load_study
from spreadtune.spec.study import Study
from tests.workplace import Workplace


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    monkeypatch.chdir(tmp_path)
    place = Workplace(tmp_path)
    place.write("x", {"profiles": {"quick": {"training.epochs": 2}}})
    return place


def begin(
    identity: str, *command: str, trials: int = 1, results: str = "results", study: Study | None = None
) -> RunFolder:
    """A run with so many finished trials; its driver is gone."""
    study = study or load_study("x")
    run = RunFolder(Path(results).absolute() / study.name / identity)
    (run.path / "trials").mkdir(parents=True)
    write_json(run.manifest_file, {"run": run.label, "command": list(command)})
    ledger = Ledger.open(study, run, mean_class_counts=lambda _: [32.0, 32.0], references=False)
    write_atomic(run.study_file, dump_study(study))
    for _ in range(trials):
        assignment = ledger.next()
        assert assignment is not None
        Outcome("COMPLETE", epoch=4, metrics={"transfer_accuracy": 0.5 + assignment.number / 10}).write(
            assignment.folder.new_attempt().result_file
        )
        ledger.settle(assignment.number)
    ledger.close()
    return run


def listed(name: str | None = None, results: str = "results", *, terminal: bool = False) -> list[str]:
    stream = io.StringIO()
    list_runs(
        name, Path(results), Console(file=stream, force_terminal=terminal, width=200, no_color=True, highlight=False)
    )
    return re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue()).splitlines()


OLD, NEW = "20261122-101500-0001", "20261123-081500-0001"


def test_lines_in_a_pipe_newest_last(workplace: Workplace) -> None:
    begin(NEW, "spreadtune", "run", "x")
    begin(OLD, "spreadtune", "run", "x", trials=4)
    heading, first, second = listed()
    assert heading.split() == ["run", "state", "trials", "best", "so", "far", "started", "(UTC)", "go", "on", "with"]
    assert re.split("  +", first) == [
        f"x/{OLD}",
        "finished",
        "4 complete of 4",
        "transfer_accuracy 0.700 at alpha 0.6 (2 trials)",
        "2026-11-22 10:15",
    ]
    assert second.endswith(f"run x --resume x/{NEW}")
    assert "interrupted" in second
    assert "1 complete of 4" in second
    assert heading.index("state") == first.index("finished") == second.index("interrupted")


def test_a_terminal_shows_a_table_and_whole_commands_below(workplace: Workplace) -> None:
    begin(OLD, "spreadtune", "run", "x")
    lines = listed(terminal=True)
    assert lines[0].split()[:2] == ["run", "state"]
    assert lines[-1].endswith(f"run x --resume x/{OLD}")


def test_a_running_one(workplace: Workplace) -> None:
    run = begin(OLD, "spreadtune", "run", "x")
    with run.lock():
        line = listed()[-1]
    assert "running" in line
    assert "--resume" not in line


def test_broken_and_foreign_folders_are_told_and_stop_nothing(workplace: Workplace) -> None:
    begin(OLD, "spreadtune", "run", "x")
    for number, spoil in enumerate(("study", "manifest", "database", "database-gone")):
        run = begin(f"20261123-08150{number}-0001", "spreadtune", "run", "x")
        file = {"study": run.study_file, "manifest": run.manifest_file}.get(spoil, run.database_file)
        file.unlink() if spoil.endswith("gone") else file.write_text("{")
    (workplace.folder / "results" / "x" / "notes").mkdir()
    (workplace.folder / "results" / "other" / NEW).mkdir(parents=True)
    (workplace.folder / "results" / "a file").write_text("")
    lines = listed()
    assert sum("broken: " in line for line in lines) == 4
    assert sum("not a run (no study.yaml)" in line for line in lines) == 2
    assert sum("interrupted" in line for line in lines) == 1
    assert "x/notes" in lines[1], "what is no run comes first"


def test_of_one_study_only(workplace: Workplace) -> None:
    begin(OLD, "spreadtune", "run", "x")
    workplace.write("y", {})
    begin(NEW, "spreadtune", "run", "y", study=load_study("y"))
    assert len(listed()) == 3
    assert [line.split()[0] for line in listed("y")[1:]] == [f"y/{NEW}"]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["runs"], "no runs in results"),
        (["runs", "x", "--results", "r"], "no runs of x in r"),
    ],
)
def test_none(workplace: Workplace, capsys: pytest.CaptureFixture[str], arguments: Sequence[str], text: str) -> None:
    with pytest.raises(SystemExit) as exit_of:
        main(arguments)
    assert exit_of.value.code == 0
    assert capsys.readouterr().out == f"{text}; --results names another folder of runs\n"
    assert not (workplace.folder / "results").exists()


def test_what_is_no_name(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_of:
        main(["runs", "x/y"])
    assert exit_of.value.code == 2
    assert "no study's name" in capsys.readouterr().err


QUICK = ("--profile", "quick", "--set", "training.learning_rate=1e-3", "--results", "my runs")


@pytest.mark.parametrize(
    "program", [("spreadtune", "run"), ("python", "-m", "spreadtune.study"), ("python", "-m", "spreadtune", "run")]
)
def test_the_command_repeats_what_makes_the_study(workplace: Workplace, program: tuple[str, ...]) -> None:
    study = load_study("x", profile="quick", overrides=["training.learning_rate=1e-3"])
    run = begin(OLD, *program, "x", *QUICK, "--seeds", "2", "--no-dashboard", results="my runs", study=study)
    words = shlex.split(resume_command(run, study, Path("my runs")))
    assert words[-10:] == ["x", *QUICK, "--no-dashboard", "--resume", run.label][-10:]
    assert listed(results="my runs")[-1].endswith(shlex.join(words))


def test_a_study_that_was_edited_is_taken_from_the_run_s_folder(workplace: Workplace) -> None:
    run = begin(OLD, "spreadtune", "run", "x", "--profile", "quick")
    study = load_study("x")
    for spoil in (lambda: workplace.write("x", {"training.epochs": 9}), lambda: shutil.rmtree("studies")):
        spoil()
        words = shlex.split(resume_command(run, study, Path("results")))
        assert words[-3:] == [f"results/x/{OLD}/study.yaml", "--resume", run.label]


@pytest.mark.parametrize("command", [[], ["notebook.py"], ["spreadtune", "run", "x", "--an-option-of-later"]])
def test_a_run_begun_otherwise(workplace: Workplace, command: Sequence[str]) -> None:
    run = begin(OLD, *command)
    words = shlex.split(resume_command(run, load_study("x"), Path("results")))
    assert words[-2:] == ["--resume", run.label]
    assert load_study(words[-3], name="x") == load_study("x")


@pytest.mark.parametrize(
    ("address", "shown"),
    [("sqlite:////tmp/my.db", "sqlite:////tmp/my.db"), ("postgresql://me:***@host/runs", "URL")],
)
def test_the_database_is_named_where_no_password_is_missing(workplace: Workplace, address: str, shown: str) -> None:
    run = begin(OLD, "spreadtune", "run", "x")
    write_json(run.manifest_file, {"run": run.label, "command": ["spreadtune", "run", "x"], "storage": address})
    assert shlex.split(resume_command(run, load_study("x"), Path("results")))[-2:] == ["--storage", shown]
    assert "its database is elsewhere" in listed()[-1]
