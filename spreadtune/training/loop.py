"""The training loop: plain PyTorch over a :class:`~spreadtune.training.context.Context`.

Interrupted and resumed equals uninterrupted, bit for bit (on one CPU, with one version of everything).
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from spreadtune.run_folder import TrialFolder
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.checkpoint import load_checkpoint, save_checkpoint
from spreadtune.training.context import Context
from spreadtune.training.divergence import check_finite
from spreadtune.training.epoch import EpochTrainer

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trained:
    """What the loop leaves beside the trained model.

    Attributes:
        epoch: the last finished epoch.
        batch_class_counts: images of each class in a batch, averaged over every batch of the training.
        ended: what ended it: its last epoch, a request to stop, or ``training.time_limit``.
        time_limit: that one.
    """

    epoch: int
    batch_class_counts: list[float]
    ended: Literal["last epoch", "request", "time limit"]
    time_limit: float | None = None


def train(
    trainer: EpochTrainer, spec: TrialSpec, context: Context, evaluate: Callable[[], Mapping[str, float]]
) -> Trained:
    """Train to the last epoch, from the best checkpoint there is.

    Beside its metrics an epoch has its ``seconds`` and its ``time`` of day at the end (seconds since 1970).

    An epoch is written to the history, then its checkpoint, then it is reported: whoever hears of an epoch can rely on
    both. Of several workers the first one writes; all report and stop together. Only epochs divisible by
    ``training.checkpoint_every`` and the last have a checkpoint, and the one after which it was asked to stop: it looks
    for that before each epoch.

    Seconds are the context's clock's. A trial whose epochs have taken ``training.time_limit`` together ends after the
    epoch; those of earlier attempts count, each epoch once, so that a fault does not shorten a trial. Nothing ends a
    step that hangs.

    Args:
        trainer: does an epoch.
        spec: the trial.
        context: device, folders, reports.
        evaluate: further metrics of an epoch, asked for every ``evaluation.knn_every`` epochs and after the last.

    Raises:
        DivergenceError: a number of an epoch is NaN or infinite. That epoch leaves no trace.
    """
    last, workers = spec.training.epochs, context.workers
    reached = _resume(trainer, context)
    spent, limit = _seconds_until(reached, context), spec.training.time_limit
    saved = True
    for epoch in range(reached + 1, last + 1):
        if workers.share(context.stop_requested()):
            if workers.leads and not saved:
                _save(trainer, spec, context, epoch - 1)
            return Trained(epoch - 1, trainer.batch_class_counts(), "request")
        if limit is not None and workers.share(spent >= limit):
            return Trained(epoch - 1, trainer.batch_class_counts(), "time limit", limit)
        started = context.clock()
        measured = trainer.train_epoch(epoch)
        check_finite(epoch, measured)
        if epoch == last or epoch % spec.evaluation.knn_every == 0:
            measured |= evaluate()
            check_finite(epoch, measured)
        measured |= {"seconds": context.clock() - started, "time": time.time()}
        spent += measured["seconds"]
        saved = epoch == last or epoch % spec.training.checkpoint_every == 0
        if workers.leads:
            context.attempt.append_history({"epoch": epoch, **measured})
            if saved:
                _save(trainer, spec, context, epoch)
        context.report(epoch, measured)
    return Trained(last, trainer.batch_class_counts(), "last epoch")


def _save(trainer: EpochTrainer, spec: TrialSpec, context: Context, epoch: int) -> None:
    save_checkpoint(context.attempt, epoch, trainer.state_dict(), spec.training.checkpoints, context.best_by)


def _seconds_until(epoch: int, context: Context) -> float:
    """What the epochs up to this one took, as the history has them."""
    history = TrialFolder(context.attempt.path.parent).history()
    return sum(float(line.get("seconds", 0.0)) for line in history if line["epoch"] <= epoch)


def _resume(trainer: EpochTrainer, context: Context) -> int:
    """Take up the best readable checkpoint; the epoch it stands at, 0 without one."""
    state = context.workers.led(lambda: load_checkpoint(context.checkpoints))
    if state is None:
        return 0
    trainer.load_state_dict(state)
    epoch = int(state["epoch"])
    logger.info("resuming after epoch %d", epoch)
    return epoch
