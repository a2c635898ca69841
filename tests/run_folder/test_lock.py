"""One driver for a run at a time, also where it was killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder

HOLDER = """
import sys, time
from pathlib import Path
from spreadtune.run_folder import RunFolder
with RunFolder(Path(sys.argv[1])).lock():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path, "sweep")


def test_another_process_is_kept_out_until_it_is_killed(run: RunFolder) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(run.path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(UserError, match=rf"^{run.label} is being run by process {holder.pid} on \S+; wait"):
            run.lock().__enter__()
    finally:
        os.kill(holder.pid, signal.SIGKILL)
        holder.communicate()
    assert (run.path / ".lock-holder").exists()  # nothing cleaned up behind it
    with run.lock():
        assert f"process {os.getpid()} " in (run.path / ".lock-holder").read_text()


def test_it_is_free_after_use_and_after_an_error(run: RunFolder) -> None:
    with pytest.raises(ZeroDivisionError), run.lock():
        raise ZeroDivisionError
    with run.lock(), pytest.raises(UserError), run.lock():
        pytest.fail("held twice")
    with run.lock():
        pass
    assert not (run.path / ".lock-holder").exists()


def test_a_holder_that_has_not_said_who_it_is(run: RunFolder) -> None:
    with run.lock():
        (run.path / ".lock-holder").unlink()
        with pytest.raises(UserError, match="is being run by another process;"):
            run.lock().__enter__()
