"""Noticing that Ray's control service has died, before Ray ends this process without a word."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY = 2.0  # seconds between looks
PATIENCE = 20.0  # seconds without an answer; Ray itself gives up after 60


@contextmanager
def control_watched(
    address: str | None, lost: Callable[[], None], *, every: float = EVERY, patience: float = PATIENCE
) -> Iterator[None]:
    """Inside the block ``lost`` is called once, in a thread of its own, when nobody has listened there for long.

    The main thread may hang in a call to Ray by then, and Ray ends a process whose control service does not come back.

    Args:
        address: HOST:PORT; None is not watched.
        lost: what to do.
        every: seconds between looks.
        patience: seconds.
    """
    ended = threading.Event()

    def watch() -> None:
        answered = time.monotonic()
        while not ended.wait(every):
            if _listens(str(address)):
                answered = time.monotonic()
            elif time.monotonic() - answered >= patience and not ended.is_set():
                lost()
                return

    if address:
        threading.Thread(target=watch, name="spreadtune-control-watch", daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _listens(address: str) -> bool:
    """Whether somebody takes the connection; a busy service's system does so for it."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=5.0).close()
    except OSError:
        return False
    return True
