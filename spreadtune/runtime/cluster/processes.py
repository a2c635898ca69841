"""Ray's processes of a run, recorded so that those which outlive a killed driver are ended at the next start.

Ray ends its own with the driver, but not always: agents and controllers were seen minutes after a kill. What is
recorded is the process id with the time of its start, so that another process that was given the same id is let alone.
"""

import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from spreadtune.run_folder import RunFolder, runs, write_json

logger = logging.getLogger(__name__)

LOOK_EVERY = 2.0  # seconds; workers and controllers come and go with the trials
SAME_START = 0.5  # seconds; the time of start is reckoned from that of the machine's, which is corrected now and then


@contextmanager
def processes_recorded(file: Path) -> Iterator[None]:
    """Keep the processes below this one in ``file`` while the block runs; nothing stays of it.

    Use it around a cluster of one's own: when the block ends the cluster has ended.
    """
    done = threading.Event()
    recorder = threading.Thread(target=_record, args=(file, done), name="processes", daemon=True)
    recorder.start()
    try:
        yield
    finally:
        done.set()
        recorder.join()
        file.unlink(missing_ok=True)


def end_leftovers(results: Path, own: RunFolder) -> int:
    """End what killed drivers of runs in a results folder left on this machine; how many there were.

    Args:
        results: the folder of all runs.
        own: the run whose lock this process holds; a run that another process holds is let alone.
    """
    ended = 0
    for run in {run.path: run for run in (*runs(results), own)}.values():
        left = _recorded(run.processes_file)
        if not left or (run.path != own.path and run.is_held()):
            continue
        for process in [found for entry in left if (found := _still_there(entry))]:
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                logger.info("ending process %d of a killed driver (%s): %s", process.pid, run.label, process.name())
                process.kill()
                ended += 1
        run.processes_file.unlink(missing_ok=True)
    return ended


def end_children() -> None:
    """End all processes below this one at once."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            process.kill()


def _record(file: Path, done: threading.Event) -> None:
    """Whoever was seen stays recorded while it lives: one whose parent has died is no longer found below."""
    this, host, seen = psutil.Process(), socket.gethostname(), dict[int, psutil.Process]()
    written: list[dict[str, Any]] = []
    while not done.is_set():
        seen |= {process.pid: process for process in this.children(recursive=True)}
        seen = {pid: process for pid, process in seen.items() if process.is_running()}
        now = [{"host": host, "pid": pid, "started": process.create_time()} for pid, process in sorted(seen.items())]
        if now != written:
            with suppress(OSError):  # a full disk is told of by those who write results
                write_json(file, now)
                written = now
        done.wait(LOOK_EVERY)


def _recorded(file: Path) -> list[dict[str, Any]]:
    try:
        return list(json.loads(file.read_bytes()))
    except (FileNotFoundError, ValueError):
        return []


def _still_there(entry: dict[str, Any]) -> psutil.Process | None:
    """The recorded process, unless it has ended, its id was given to another, or it is another machine's."""
    if entry["host"] != socket.gethostname():
        return None
    try:
        process = psutil.Process(entry["pid"])
        return process if abs(process.create_time() - entry["started"]) <= SAME_START else None
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
