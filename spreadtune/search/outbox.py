"""What the database is still to be told."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from spreadtune.search.database import AWAY, DatabaseAwayError

_log = logging.getLogger("spreadtune.search")


class Outbox:
    """Writes in their order; while the database is away they wait, and every later call tries again.

    A write may be tried again after it half happened, so each must be harmless the second time. What waits when the
    driver dies is told by the next resume, from the published outcomes.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._waiting: deque[Callable[[], object]] = deque()
        self._clock = clock
        self._away_since: float | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def seconds_away(self) -> float:
        """How long the database has not answered; 0 while it does."""
        return 0.0 if self._away_since is None else self._clock() - self._away_since

    def post(self, write: Callable[[], object]) -> bool:
        """Queue a write; True when it and all before it are done."""
        self._waiting.append(write)
        return self.flush()

    def flush(self) -> bool:
        """Do what waits; True when nothing is left. Never raises what a database raises while it is away."""
        while self._waiting:
            try:
                with self.watching():
                    self._waiting[0]()
            except DatabaseAwayError:
                return False
            self._waiting.popleft()
        return True

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Turns what a missing database raises into :class:`DatabaseAwayError`, and notes since when it is away."""
        try:
            yield
        except AWAY as error:
            if self._away_since is None:
                self._away_since = self._clock()
                _log.warning("the study's database does not answer (%s); going on without it", _cause(error))
            raise DatabaseAwayError(self.seconds_away) from error
        if self._away_since is not None:
            _log.warning("the study's database is back after %.0f s", self.seconds_away)
            self._away_since = None


def _cause(error: BaseException) -> str:
    """The kind of error; its text may quote the database's address."""
    return type(error.__cause__ or error).__name__
