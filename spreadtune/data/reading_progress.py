"""How far reading a data set is. The library itself shows nothing: it tells whoever listens."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

logger = logging.getLogger(__name__)

OnProgress = Callable[[str, int, int], None]
"""Called with what is being done, and how many of how many images it is done for."""

_listener: ContextVar[OnProgress | None] = ContextVar("on_progress", default=None)


@contextmanager
def listening(listener: OnProgress) -> Iterator[None]:
    """``listener`` hears of all progress made inside the block by this thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def on_progress(description: str, done: int, total: int) -> None:
    """Tells the listener; the beginning and the end are logged too."""
    if done in (0, total):
        logger.info("%s: %d of %d", description, done, total)
    listener = _listener.get()
    if listener is not None:
        listener(description, done, total)
