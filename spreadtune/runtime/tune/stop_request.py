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
        self.made = True
        if self._heed is None:
            return False
        self._heed()
        return True

    @property
    def heeded_now(self) -> bool:
        """Whether something is in training that ends in order when it is asked to, or does already."""
        return self._heed is not None

    def finish(self) -> None:
        """Nothing that was asked for is awaited any more."""
        self._heed = None

    def check(self) -> None:
        """Between two steps of a run: raises :class:`KeyboardInterrupt` where the request was made.

        Whoever catches a signal raises that himself, but a library in whose middle it is raised may swallow it.
        """
        if self.made:
            raise KeyboardInterrupt

    @contextmanager
    def heeded(self, heed: Callable[[], None]) -> Iterator[None]:
        """Inside the block a request calls ``heed``.

        Raises:
            KeyboardInterrupt: it was made before.
        """
        self._heed = heed
        try:
            self.check()
            yield
        finally:
            self._heed = None
