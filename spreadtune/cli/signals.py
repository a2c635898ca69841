"""What ends a command from outside: Ctrl-C, and what means the same."""

import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import Any

INTERRUPTED = 130
"""The exit code of whatever they ended."""

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C; what ``kill``, ``timeout`` and cluster schedulers send; what a terminal sends when it is closed."""

PATIENCE = 15.0
"""Seconds in which a process that is to end has ended; schedulers kill half a minute after their first signal."""

Answer = Callable[[int, FrameType | None], Any]


def ended_as_interrupted() -> AbstractContextManager[None]:
    """Inside the block each of them raises :class:`KeyboardInterrupt`."""
    return answered(signal.default_int_handler)


@contextmanager
def answered(answer: Answer) -> Iterator[None]:
    """Inside the block ``answer`` is called for each of them; afterwards they mean what they meant before.

    SIGHUP stays ignored where it was: that is what ``nohup`` is for.
    """
    if threading.current_thread() is not threading.main_thread():  # only that one may
        yield
        return
    before = {number: signal.getsignal(number) for number in ENDING}
    if before[signal.SIGHUP] is signal.SIG_IGN:
        del before[signal.SIGHUP]
    for number in before:
        signal.signal(number, answer)
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


@contextmanager
def ended_in_time(
    in_order: Callable[[], bool], end: Callable[[], None], *, patience: float = PATIENCE
) -> Iterator[None]:
    """Inside the block ``end`` is called, in a thread of its own, when a signal has not ended the block in time.

    Python answers a signal between two steps of the main thread, which may be in the middle of a long one of a library.
    Time does not run while the first signal is the only one and what it asked for goes on.

    Args:
        in_order: whether what is going on ends by itself after the first signal, however long it takes.
        end: ends the process.
        patience: seconds.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    former = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    over = threading.Event()
    watching = threading.Thread(
        target=_watch, args=(reader, over, in_order, end, patience), name="spreadtune-signals", daemon=True
    )
    watching.start()
    try:
        yield
    finally:
        over.set()
        signal.set_wakeup_fd(former)
        os.close(writer)  # which wakes the thread
        watching.join()
        os.close(reader)


def _watch(
    reader: int, over: threading.Event, in_order: Callable[[], bool], end: Callable[[], None], patience: float
) -> None:
    received, due = 0, None
    while not over.is_set():
        if select.select([reader], [], [], 0.2 if received else None)[0]:
            received += sum(number in ENDING for number in os.read(reader, 64))
            signal.alarm(0)  # while Ray connects, SIGTERM is answered by a library of its own, which kills in 3 seconds
        if received == 0 or (received == 1 and in_order()):
            due = None
        elif due is None:
            due = time.monotonic() + patience
        elif time.monotonic() >= due:
            end()
            return
