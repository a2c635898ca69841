"""What the database is still to be told."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from spreadtune.search.storage.faults import AWAY, DatabaseAwayError, fault_of

_log = logging.getLogger("spreadtune.search")


class Outbox:
    """Writes in their order; while the database is away they wait, and every later call tries again.

    A write may be tried again after it half happened, so each must be harmless the second time. What waits when the
    driver dies is told by the next resume, from the published outcomes.

    Args:
        file: of a SQLite database; None where a server answers.
        clock: seconds, monotonic.
    """

    def __init__(self, file: Path | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._waiting: deque[Callable[[], object]] = deque()
        self._file = file
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
        """Do what waits; True when nothing is left. Never raises what a database raises while it is away.

        Raises:
            UnwritableError: the database's disk takes no more; the write still waits.
            DatabaseDamagedError: its file is no database any more; likewise.
        """
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
        """Turns what a missing database raises into :class:`DatabaseAwayError`, and notes since when it is away.

        A full disk and a damaged file do not pass by waiting; see :func:`~spreadtune.search.storage.faults.fault_of`.
        """
        try:
            yield
        except AWAY as error:
            fault = fault_of(error, self._file, self.seconds_away)
            if isinstance(fault, DatabaseAwayError) and self._away_since is None:
                self._away_since = self._clock()
                _log.warning("the study's database does not answer (%s); going on without it", fault.cause)
            raise fault from error
        if self._away_since is not None:
            _log.warning("the study's database is back after %.0f s", self.seconds_away)
            self._away_since = None
