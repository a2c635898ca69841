"""The trials in training, what they report, and which of them are to stop."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial

from optuna.trial import Trial

from spreadtune.search.backlog import Ready
from spreadtune.search.database_faults import DatabaseAwayError
from spreadtune.search.outbox import Outbox
from spreadtune.search.record import Stop
from spreadtune.spec.metrics import PROXY
from spreadtune.spec.search import SearchConfig


@dataclass(frozen=True)
class _InTraining:
    """A trial in a worker's hands, and how many epochs it has."""

    ready: Ready
    epochs: int


class EarlyStopping:
    """Hands epochs to Optuna, whose pruner decides, and remembers who was told to stop.

    Args:
        search: says which metric is optimized, and which pruner watches its stand-in during training.
        outbox: the way to the database.
    """

    def __init__(self, search: SearchConfig, outbox: Outbox) -> None:
        self._watched = PROXY.get(search.metric, "")
        self._pruner = search.early_stopping.name
        self._outbox = outbox
        self._in_training: dict[int, _InTraining] = {}

    @property
    def in_training(self) -> Collection[int]:
        """Run-wide numbers of the trials in training."""
        return self._in_training.keys()

    def begin(self, ready: Ready, epochs: int) -> None:
        """A worker has the trial now."""
        self._in_training[ready.number] = _InTraining(ready, epochs)

    def end(self, number: int) -> None:
        """The trial has ended; whoever still reports for it is told to stop. Harmless the second time."""
        self._in_training.pop(number, None)

    def report(self, number: int, epoch: int, metrics: Mapping[str, float]) -> bool:
        """Take in an epoch; True when the trial is to stop now. See :meth:`Ledger.report`."""
        watched = self._in_training.get(number)
        if watched is None or watched.ready.row.stop:
            return True  # settled or stopped already: what still reports is an orphan
        book, row, trial = watched.ready.book, watched.ready.row, watched.ready.trial
        value = metrics.get(self._watched)
        if value is None or not math.isfinite(value) or epoch in row.reported:
            return False
        row.reported.add(epoch)
        if not self._outbox.post(partial(trial.report, value, epoch)):
            return False
        if epoch >= watched.epochs or not self._should_prune(trial):
            return False
        row.stop = Stop(epoch, dict(metrics), f"stopped early at epoch {epoch} ({self._pruner})")
        self._outbox.post(partial(book.write_stop, trial, row.stop))
        return True

    def _should_prune(self, trial: Trial) -> bool:
        try:
            with self._outbox.watching():
                return trial.should_prune()
        except DatabaseAwayError:
            return False
