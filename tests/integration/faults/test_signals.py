"""A signal in every phase of a run: it ends with 130, leaves a run that a resume finishes, or no folder at all."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from spreadtune.analysis.results import Results
from spreadtune.cli import session as session_module
from spreadtune.run_folder import RunFolder, runs
from spreadtune.runtime import driver
from spreadtune.runtime.before_start import preflight as preflight_module
from spreadtune.runtime.cluster.connection import Cluster
from spreadtune.runtime.cluster.resources import Node
from tests.in_process import Session, assert_nothing_lost

SMALL = {"training.epochs": 2, "search.space": {"objective.alpha": {"grid": [0.6]}}}


def send(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def before(module: Any, name: str, act: Callable[..., Any] = send) -> Callable[[pytest.MonkeyPatch], None]:
    """A signal whenever a function is called, before it does anything."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        plain = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given, **named: (act(), plain(*given, **named))[1])

    return patch


@contextmanager
def swallowed_by_ray(*_: Any, **__: Any) -> Iterator[Cluster]:
    with suppress(KeyboardInterrupt):
        send()
    yield Cluster(None, (Node(1, 0),))


@pytest.mark.parametrize(
    "patch",
    [
        before(preflight_module, "dataset_of"),
        before(session_module, "_log_to"),
        before(driver, "dataset_of"),
        before(driver, "connect"),
        lambda monkeypatch: monkeypatch.setattr(driver, "connect", swallowed_by_ray),
        before(driver, "plan_slots"),
    ],
    ids=["while data are read", "before the log", "in the driver", "before Ray", "while Ray starts", "after it"],
)
def test_before_there_is_a_run(
    session: Session, monkeypatch: pytest.MonkeyPatch, patch: Callable[[pytest.MonkeyPatch], None]
) -> None:
    session.write("x", SMALL)
    patch(monkeypatch)
    code, output = session.spreadtune("run", "x")
    assert code == 130, output
    assert "Traceback" not in output
    assert "go on with" not in output
    assert not list(Path("results").glob("*/*"))


def finished_by_a_resume(session: Session, output: str) -> RunFolder:
    assert "Traceback" not in output
    [run] = runs(session.folder / "results", "x")
    *_, stopped, command = output.strip().splitlines()
    assert stopped == "stopped; go on with"
    assert command.endswith(f"--resume {run.label}")
    code, again = session.spreadtune("run", "x", "--resume")
    assert code == 0, again
    assert_nothing_lost(run, 1)
    assert run.report_file.exists()
    return run


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["raw pixels", "untrained encoder", "ceiling", "epoch of a trial"])
def test_while_trials_and_references_are_at_work(session: Session, phase: str) -> None:
    sent: list[str] = []

    def at_report(folder: Path, result: Mapping[str, Any]) -> None:
        if result.get("phase", "epoch of a trial") == phase and not sent:
            sent.append(phase)
            send()

    session.write("x", SMALL)
    session.at_report = at_report
    code, output = session.spreadtune("run", "x")
    assert code == 130
    assert "stopping   after the epoch of each trial in training" in output
    assert "left       " in output
    finished_by_a_resume(session, output)


@pytest.mark.slow
@pytest.mark.parametrize(
    "patch",
    [before(driver, "export_tables"), before(Results, "write_report"), before(driver, "write_atomic")],
    ids=["while tables are written", "while the report is written", "while the run's study is written"],
)
def test_between_and_after_them(
    session: Session, monkeypatch: pytest.MonkeyPatch, patch: Callable[[pytest.MonkeyPatch], None]
) -> None:
    session.write("x", SMALL)
    with monkeypatch.context() as once:
        patch(once)
        code, output = session.spreadtune("run", "x")
    assert code == 130
    if "go on with" in output:
        finished_by_a_resume(session, output)
    else:
        assert not list(Path("results").glob("*/*"))


DEAF = """
import os, signal, subprocess, sys, time
from contextlib import contextmanager
from functools import partial
from spreadtune.cli import session
from spreadtune.cli.main import main
from spreadtune.runtime import driver

@contextmanager
def never_comes_back(*_, **__):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], **quiet)
    print(child.pid, file=sys.__stderr__, flush=True)
    for number in (signal.SIGTERM, 0):
        try:
            os.kill(os.getpid(), number)
            time.sleep(600)
        except KeyboardInterrupt:
            pass
    yield

driver.connect = never_comes_back
session.ended_in_time = partial(session.ended_in_time, patience=0.5)
main(["run", "x"])
"""


@pytest.mark.slow
def test_a_library_that_does_not_give_the_process_back_is_ended_with_it(session: Session) -> None:
    session.write("x", SMALL)
    script = session.folder / "deaf.py"
    script.write_text(DEAF)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 130, done.stderr
    assert done.stdout.splitlines()[-1] == "stopped"
    assert not list(Path("results").glob("*/*"))
    child = int(done.stderr)
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE
