"""A request to end a run early: no trial starts any more, those in training leave a checkpoint after their epoch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class StopRequest:
    """Made by whoever catches a signal, heeded by the driver while trials are in training.

    Attributes:
        made: whether it was made.
    """

    def __init__(self) -> None:
        self.made = False
        self._heed: Callable[[], None] | None = None

    def make(self) -> bool:
        """Ask for the end; False when there is nothing in training that could end in order."""
        if self._heed is None:
            return False
        self.made = True
        self._heed()
        return True

    @contextmanager
    def heeded(self, heed: Callable[[], None]) -> Iterator[None]:
        """Inside the block a request calls ``heed``."""
        self._heed = heed
        try:
            yield
        finally:
            self._heed = None
