"""The trials in training, what they report, and which of them are to stop."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from spreadtune.search.plans.backlog import Ready
from spreadtune.search.stopping.watched import Deciding
from spreadtune.search.storage.faults import DatabaseAwayError
from spreadtune.search.storage.outbox import Outbox
from spreadtune.search.storage.record import Stop
from spreadtune.spec.search import SearchConfig


@dataclass(frozen=True)
class _InTraining:
    """A trial in a worker's hands, and what decides on it."""

    ready: Ready
    deciding: Deciding


class EarlyStopping:
    """Hands epochs to Optuna, whose pruner decides, and remembers who was told to stop.

    Args:
        search: says what is watched during training, and which pruner decides by it.
        outbox: the way to the database.
    """

    def __init__(self, search: SearchConfig, outbox: Outbox) -> None:
        self._pruner = search.early_stopping.name
        self._outbox = outbox
        self._in_training: dict[int, _InTraining] = {}

    @property
    def in_training(self) -> Collection[int]:
        """Run-wide numbers of the trials in training."""
        return self._in_training.keys()

    def begin(self, ready: Ready, deciding: Deciding) -> None:
        """A worker has the trial now."""
        self._in_training[ready.number] = _InTraining(ready, deciding)

    def end(self, number: int) -> None:
        """The trial has ended; whoever still reports for it is told to stop. Harmless the second time."""
        self._in_training.pop(number, None)

    def report(self, number: int, epoch: int, metrics: Mapping[str, float]) -> bool:
        """Take in an epoch; True when the trial is to stop now. See :meth:`Ledger.report`."""
        watched = self._in_training.get(number)
        if watched is None or watched.ready.row.stop:
            return True  # settled or stopped already: what still reports is an orphan
        book, row, trial = watched.ready.book, watched.ready.row, watched.ready.trial
        if row.record.repeat_of is not None or row.record.stage == "confirm":
            return False  # a mean over the seeds that survived would be one over the lucky ones
        deciding = watched.deciding
        value, step = metrics.get(deciding.metric or ""), deciding.epoch(epoch, metrics)
        if value is None or not math.isfinite(value) or step <= max(row.reported, default=0):
            return False
        row.reported.add(step)
        return self._outbox.post(partial(book.report, trial, number, value, step)) and self._decide(
            watched, epoch, metrics
        )

    def catch_up(self, number: int, history: Iterable[Mapping[str, float]]) -> bool:
        """Take in what a trial did before a resume; True when it is to stop and not to be trained on.

        A killed driver may not have heard of the last epochs, which the trial then does not train again, and may have
        stored the last value that it heard of without deciding on it. Decided twice is decided alike.

        Args:
            number: of the trial, which has begun again.
            history: its epochs, oldest first.
        """
        watched = self._in_training[number]
        heard = max(watched.ready.row.reported, default=0)
        for line in history:
            epoch = int(line["epoch"])
            metrics = {name: value for name, value in line.items() if name not in ("epoch", "attempt")}
            deciding = watched.deciding
            again = deciding.epoch(epoch, metrics) == heard and deciding.metric in metrics
            if self._decide(watched, epoch, metrics) if again else self.report(number, epoch, metrics):
                return True
        return False

    def _decide(self, watched: _InTraining, epoch: int, metrics: Mapping[str, float]) -> bool:
        """Whether the trial is to stop at the epoch whose value was stored last."""
        book, row, trial = watched.ready.book, watched.ready.row, watched.ready.trial
        last = watched.deciding.last
        if (last and watched.deciding.epoch(epoch, metrics) >= last) or not self._should_prune(watched.ready):
            return False
        row.stop = Stop(epoch, dict(metrics), f"stopped early at epoch {epoch} ({self._pruner})")
        self._outbox.post(partial(book.write_stop, trial, row.stop))
        return True

    def _should_prune(self, ready: Ready) -> bool:
        try:
            with self._outbox.watching():
                return ready.book.should_prune(ready.trial, ready.number)
        except DatabaseAwayError:
            return False
