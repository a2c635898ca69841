"""What ends a command from outside: Ctrl-C, and what means the same."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import Any

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C; what ``kill``, ``timeout`` and cluster schedulers send; what a terminal sends when it is closed."""

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
