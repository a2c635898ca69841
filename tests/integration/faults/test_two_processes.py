"""Two processes on one run folder: the second is refused and names the first."""

import re
import subprocess
import sys

import pytest

from spreadtune.run_folder import runs
from tests.in_process import Session, assert_nothing_lost
from tests.run_folder.test_lock import HOLDER


@pytest.mark.slow
def test_the_second_is_refused(session: Session) -> None:
    session.write("held", {"training.epochs": 2, "search.space": {"objective.alpha": {"grid": [0]}}})
    session.at_report = lambda folder, result: (_ for _ in ()).throw(KeyboardInterrupt)
    assert session.spreadtune("run", "held")[0] == 130
    run = runs(session.folder / "results", "held")[0]
    own = ("log", ".lock-holder", "optuna.db")  # SQLite tidies up after whoever reads
    before = {path: path.stat().st_mtime_ns for path in run.path.rglob("*") if path.name not in own}
    first = subprocess.Popen([sys.executable, "-c", HOLDER, str(run.path)], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        for words in (("run", "held", "--resume"), ("run", "held"), ("clean", "held")):
            code, printed = session.spreadtune(*words)
            assert code == 2
            assert re.search(rf"^error: {run.label} is being run by process {first.pid} on ", printed, re.MULTILINE)
        after = {path: path.stat().st_mtime_ns for path in run.path.rglob("*") if path in before}
        assert after == before, "nothing of the run was touched"
    finally:
        first.kill()
        first.communicate()
    session.at_report = lambda folder, result: None
    assert session.spreadtune("run", "held", "--resume")[0] == 0
    assert_nothing_lost(run, 1)
