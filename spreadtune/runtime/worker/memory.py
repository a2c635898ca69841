"""A worker that uses more memory than it may: what is watched, and what the worker leaves when it ends itself."""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil

from spreadtune.run_folder import AttemptFolder, write_json
from spreadtune.spec.quantities import size_text

logger = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds
EXIT_CODE = 137  # of a process that was killed, as the system's own killer would leave


def memory_used() -> int:
    """Resident bytes of this process and those below it, shared pages counted in each."""
    process = psutil.Process()
    return _resident(process) + sum(map(_resident, process.children(recursive=True)))


@contextmanager
def memory_watched(
    attempt: AttemptFolder,
    allowed: int | None,
    *,
    used: Callable[[], int] = memory_used,
    end: Callable[[int], object] = os._exit,
) -> Iterator[None]:
    """End this process when it uses more than it may while the block runs, with the reason in the attempt's folder.

    A thread looks once in :data:`LOOK_EVERY` seconds, so what is used shortly in between goes unseen. It ends the
    process at once, in whatever it is doing: files are whole or absent, and the trial goes on from its last checkpoint
    in another one.

    Args:
        attempt: what the process works on.
        allowed: bytes; None watches nothing.
        used: measures.
        end: ends the process.
    """
    if allowed is None:
        yield
        return
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            now = used()
            if now > allowed:
                note_memory(
                    attempt, f"{size_text(now)} used, {size_text(allowed)} allowed (resources.memory_per_worker)"
                )
                end(EXIT_CODE)
                return
            done.wait(LOOK_EVERY)

    watcher = threading.Thread(target=watch, name="memory", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def note_memory(attempt: AttemptFolder, text: str) -> None:
    """Leave word that an attempt's worker was ended for its memory."""
    logger.error("ended: memory: %s", text)
    write_json(attempt.lost_file, {"reason": "memory", "text": text})


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:  # it has just ended
        return 0
