"""When a study will be done."""

import time
from collections.abc import Callable


class Eta:
    """Time to the end, from the epochs seen since the first one arrived.

    Args:
        epochs_left: epochs still to train when nothing has been seen yet.
        clock: seconds, monotonic.
    """

    def __init__(self, epochs_left: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._left = epochs_left
        self._clock = clock
        self._started: float | None = None
        self._seen = 0

    def saw(self, epochs: int) -> None:
        """Epochs were trained. The first call starts the clock: what came before it was starting up."""
        if self._started is None:
            self._started = self._clock()
        else:
            self._seen += epochs
        self._left -= epochs

    def dropped(self, epochs: int) -> None:
        """Epochs will not be trained: their trial ended early."""
        self._left -= epochs

    def seconds(self) -> float | None:
        """Seconds to the end at the rate seen so far; None while there is no rate."""
        if self._started is None or self._seen == 0:
            return None
        return max(0, self._left) * (self._clock() - self._started) / self._seen
