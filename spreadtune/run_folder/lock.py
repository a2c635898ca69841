"""One driver for a run at a time."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from spreadtune.errors import UserError
from spreadtune.run_folder.files import write_atomic
from spreadtune.run_folder.unwritable import writing


@contextmanager
def hold(folder: Path, label: str) -> Iterator[None]:
    """Hold a run for this process.

    The operating system drops the lock with its process, so a killed driver leaves none behind. Who holds it stands
    in a file of its own, since not every system lets others read a locked one.

    Raises:
        UserError: another one holds it; the message names the process.
        UnwritableError: the disk is full or read-only.
    """
    lock, holder = FileLock(folder / ".lock"), folder / ".lock-holder"
    try:
        with writing(folder):
            lock.acquire(timeout=0)
    except Timeout:
        raise UserError(f"{label} is being run by {_named(holder)}; wait for it or stop it first") from None
    try:
        write_atomic(holder, f"process {os.getpid()} on {socket.gethostname()}\n")
        yield
    finally:
        with suppress(OSError):  # it cannot be removed from a disk that turned read-only, and names nobody who holds it
            holder.unlink(missing_ok=True)
        lock.release()


def is_held(folder: Path) -> bool:
    """Whether a process holds the run now. Nothing is written, and who would start meanwhile is not in its way.

    Only a driver that was killed leaves its name behind without the lock; then the lock is tried, for an instant and
    shared.
    """
    if not (folder / ".lock-holder").exists():
        return False
    try:
        descriptor = os.open(folder / ".lock", os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _named(holder: Path) -> str:
    try:
        return holder.read_text().strip()
    except FileNotFoundError:  # it has just begun, or just ended
        return "another process"
