"""Processes that outlive their driver: only they are ended, and only when it is dead."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from spreadtune.run_folder import RunFolder, write_json
from spreadtune.runtime.cluster.processes import end_leftovers, processes_recorded
from tests.workplace import wait_for

SLEEP = [sys.executable, "-c", "import time; time.sleep(120)"]


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return begun(tmp_path)


def begun(results: Path) -> RunFolder:
    run = RunFolder.create(results, "x")
    run.study_file.touch()
    return run


@pytest.fixture
def process() -> Iterator[psutil.Process]:
    with subprocess.Popen(SLEEP) as started:
        yield psutil.Process(started.pid)
        started.kill()


def record(run: RunFolder, process: psutil.Process, *, host: str = "", older: float = 0) -> None:
    started = process.create_time() - older
    write_json(run.processes_file, [{"host": host or socket.gethostname(), "pid": process.pid, "started": started}])


def has_ended(process: psutil.Process) -> bool:
    return process.status() == psutil.STATUS_ZOMBIE


def test_what_a_killed_driver_left_is_ended_whichever_run_of_the_folder_starts(
    run: RunFolder, tmp_path: Path, process: psutil.Process
) -> None:
    record(run, process)
    assert end_leftovers(tmp_path, begun(tmp_path)) == 1
    wait_for(lambda: has_ended(process), 30)
    assert not run.processes_file.exists()


def test_that_of_the_own_run_too(run: RunFolder, tmp_path: Path, process: psutil.Process) -> None:
    record(run, process)
    with run.lock():
        assert end_leftovers(tmp_path, run) == 1
    wait_for(lambda: has_ended(process), 30)


def test_a_running_driver_keeps_its_own(run: RunFolder, tmp_path: Path, process: psutil.Process) -> None:
    record(run, process)
    with run.lock():
        assert end_leftovers(tmp_path, begun(tmp_path)) == 0
    assert process.is_running()
    assert run.processes_file.exists()


@pytest.mark.parametrize("difference", [{"older": 60.0}, {"host": "another"}], ids=["pid given anew", "another host"])
def test_another_process_with_that_number_is_let_alone(
    difference: dict[str, float], run: RunFolder, tmp_path: Path, process: psutil.Process
) -> None:
    record(run, process, **difference)  # type: ignore[arg-type]
    assert end_leftovers(tmp_path, run) == 0
    assert not has_ended(process)


def test_a_record_that_cannot_be_read_is_none(run: RunFolder, tmp_path: Path) -> None:
    run.processes_file.write_text('[{"host":')
    assert end_leftovers(tmp_path, run) == 0


def test_processes_that_come_later_are_recorded_and_nothing_stays_at_the_end(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spreadtune.runtime.cluster.processes.LOOK_EVERY", 0.01)
    with processes_recorded(run.processes_file):
        with subprocess.Popen(SLEEP) as child:
            wait_for(lambda: child.pid in pids(run.processes_file), 30)
            child.kill()
        wait_for(lambda: child.pid not in pids(run.processes_file), 30)
    assert not run.processes_file.exists()


def test_a_driver_that_is_killed_for_real(run: RunFolder, tmp_path: Path) -> None:
    driver = f"""
import subprocess, sys, time
from pathlib import Path
from spreadtune.runtime.cluster.processes import processes_recorded
with processes_recorded(Path({str(run.processes_file)!r})):
    subprocess.Popen({SLEEP!r}, start_new_session=True)
    time.sleep(120)
"""
    with subprocess.Popen([sys.executable, "-c", driver]) as killed:
        [left] = wait_for(lambda: pids(run.processes_file), 60)
        os.kill(killed.pid, signal.SIGKILL)
    assert psutil.pid_exists(left)
    assert end_leftovers(tmp_path, run) == 1
    wait_for(lambda: not psutil.pid_exists(left) or has_ended(psutil.Process(left)), 30)


def pids(file: Path) -> list[int]:
    return [entry["pid"] for entry in json.loads(file.read_bytes())] if file.exists() else []
