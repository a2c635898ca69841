"""A worker that watches its own memory."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from spreadtune.run_folder import AttemptFolder, TrialFolder
from spreadtune.runtime.worker import memory
from spreadtune.runtime.worker.memory import EXIT_CODE, memory_used, memory_watched

MIB = 2**20


@pytest.fixture
def attempt(tmp_path: Path) -> AttemptFolder:
    return TrialFolder(tmp_path / "trials" / "0007").new_attempt()


def test_above_its_limit_it_says_why_and_ends(attempt: AttemptFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "LOOK_EVERY", 0.001)
    readings = iter([100 * MIB, 300 * MIB, 301 * MIB])
    ended = threading.Event()
    codes: list[int] = []
    with memory_watched(
        attempt, 300 * MIB, used=lambda: next(readings), end=lambda code: (codes.append(code), ended.set())
    ):
        assert ended.wait(30)
    assert codes == [EXIT_CODE]
    assert attempt.lost() == {
        "reason": "memory",
        "text": "301 MiB used, 300 MiB allowed (resources.memory_per_worker)",
    }


def test_below_it_nothing_is_written_and_no_thread_stays(attempt: AttemptFolder) -> None:
    before = threading.active_count()
    with memory_watched(attempt, 2**60):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
    with memory_watched(attempt, None):
        assert threading.active_count() == before
    assert list(attempt.path.iterdir()) == []


def test_children_count() -> None:
    hold = "import time; block = bytearray(200 * 2**20); print('held', flush=True); time.sleep(60)"
    before = memory_used()
    with subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        grown = memory_used() - before
        child.kill()
    assert grown > 190 * MIB


def test_a_process_really_ends_in_the_middle_of_its_work(attempt: AttemptFolder) -> None:
    work = f"""
from pathlib import Path
from spreadtune.run_folder import AttemptFolder
from spreadtune.runtime.worker.memory import memory_used, memory_watched
with memory_watched(AttemptFolder(Path({str(attempt.path)!r})), memory_used() + 100 * 2**20):
    block = bytearray(300 * 2**20)
    while True:
        pass
"""
    assert subprocess.run([sys.executable, "-c", work], timeout=120, check=False).returncode == EXIT_CODE
    assert attempt.lost()["reason"] == "memory"
