"""A run to type commands about."""

from pathlib import Path

import pytest

from spreadtune.run_folder import RunFolder, write_atomic
from spreadtune.spec.load import dump_study, load_study
from tests.workplace import Workplace


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    """Of the study x, without a trial; its workplace is the working directory."""
    monkeypatch.chdir(tmp_path)
    Workplace(tmp_path).write("x", {})
    run = RunFolder.create(Path("results"), "x")
    write_atomic(run.study_file, dump_study(load_study("x")))
    return run
