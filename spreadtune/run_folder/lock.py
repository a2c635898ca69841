"""One driver for a run at a time."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from spreadtune.errors import UserError
from spreadtune.run_folder.files import write_atomic


@contextmanager
def hold(folder: Path, label: str) -> Iterator[None]:
    """Hold a run for this process.

    The operating system drops the lock with its process, so a killed driver leaves none behind. Who holds it stands
    in a file of its own, since not every system lets others read a locked one.

    Raises:
        UserError: another one holds it; the message names the process.
    """
    lock, holder = FileLock(folder / ".lock"), folder / ".lock-holder"
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise UserError(f"{label} is being run by {_named(holder)}; wait for it or stop it first") from None
    try:
        write_atomic(holder, f"process {os.getpid()} on {socket.gethostname()}\n")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _named(holder: Path) -> str:
    try:
        return holder.read_text().strip()
    except FileNotFoundError:  # it has just begun, or just ended
        return "another process"
