"""What a run says it was made of and by."""

import json
import subprocess
from pathlib import Path

import pytest

from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder
from spreadtune.runtime.manifest import Manifest, git_state, without_password
from spreadtune.search.storage.database import database_url, study_name
from spreadtune.spec.hash import study_hash
from spreadtune.spec.load import load_study
from spreadtune.spec.study import Study
from tests.workplace import Workplace

STORAGE = "postgresql://me:secret@host/studies?password=secret"


@pytest.fixture
def study(workplace: Workplace) -> Study:
    workplace.write("told", {})
    return load_study(workplace.folder / "studies" / "told.yaml")


def test_every_start_of_the_driver_is_an_attempt(study: Study, tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path, "told")
    Manifest(run, study, command=["spreadtune", "run", "told"], storage=None)  # killed: it never ends
    resumed = Manifest(run, study, command=["spreadtune", "run", "told", "--resume"], storage=None)
    resumed.end("finished", {"cpu_seconds": 2.5, "gpu_seconds": 0.0})
    written = run.manifest()
    assert [(attempt["end"] is None, attempt["reason"]) for attempt in written["attempts"]] == [
        (True, None),
        (False, "finished"),
    ]
    assert written["command"] == ["spreadtune", "run", "told", "--resume"]
    assert written["hash"] == study_hash(study)
    assert written["usage"] == {"cpu_seconds": 2.5, "gpu_seconds": 0.0}
    assert {"python", "spreadtune", "torch", "ray", "optuna"} <= written["versions"].keys()


def test_the_profile_of_the_first_start_is_kept(workplace: Workplace, tmp_path: Path) -> None:
    """A resume runs the study in the run's folder, which has no profile any more."""
    workplace.write("told", {"profiles": {"smoke": {"training.epochs": 1}}})
    run, file = RunFolder.create(tmp_path, "told"), workplace.folder / "studies" / "told.yaml"
    Manifest(run, load_study(file, profile="smoke").with_counts(seeds=3), command=[], storage=None)
    assert run.manifest()["profile"] == "smoke"
    Manifest(run, load_study(file), command=[], storage=None)
    assert run.manifest()["profile"] == "smoke"
    other = RunFolder.create(tmp_path, "told")
    Manifest(other, load_study(file), command=[], storage=None)
    assert other.manifest()["profile"] is None


def test_a_run_that_was_moved_keeps_its_name_in_the_database(study: Study, tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path, "told")
    Manifest(run, study, command=[], storage=None)
    moved = RunFolder(run.path.rename(tmp_path / "elsewhere"))
    Manifest(moved, study, command=[], storage=None)
    assert moved.label != run.label
    assert study_name(moved, "main") == f"{run.label}/main"


def test_no_password_is_written(study: Study, tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path, "told")
    Manifest(run, study, command=["spreadtune", "run", "told", "--storage", STORAGE], storage=STORAGE)
    assert "secret" not in run.manifest_file.read_text()
    assert "host/studies" in json.dumps(run.manifest())


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("--storage=postgresql://me:a:b@host/x", "--storage=postgresql://me:***@host/x"),
        ("mysql://host/x?user=me&passwd=p&ssl=1", "mysql://host/x?user=me&passwd=***&ssl=1"),
        ("training.epochs=5", "training.epochs=5"),
        ("http://127.0.0.1:8265", "http://127.0.0.1:8265"),
    ],
)
def test_words_of_a_command(word: str, shown: str) -> None:
    assert without_password(word) == shown


def test_a_run_in_another_database_wants_its_address(study: Study, tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path, "told")
    Manifest(run, study, command=[], storage=STORAGE)
    with pytest.raises(UserError, match=r"keeps its trials in postgresql://me:\*\*\*@host/studies.* with --storage"):
        database_url(run, None)


def test_git_state(tmp_path: Path) -> None:
    assert git_state(tmp_path) is None

    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=me", "-c", "user.email=me@example.org")
        subprocess.run(["git", "-C", tmp_path, *identity, *arguments], check=True, capture_output=True)

    git("init")
    (tmp_path / "file").write_text("one")
    git("add", "file")
    git("commit", "-m", "one")
    clean = git_state(tmp_path)
    assert clean
    assert clean["dirty"] is False
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "log").touch()
    assert git_state(tmp_path) == clean, "what is not tracked is no change of the code"
    (tmp_path / "file").write_text("two")
    assert git_state(tmp_path) == {**clean, "dirty": True}
