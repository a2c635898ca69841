"""Early stopping: what decides, from the values reported so far, whether a trial goes on."""

from optuna.pruners import BasePruner, MedianPruner, NopPruner

from spreadtune.search.stopping import rungs
from spreadtune.spec.search import AnyStopping, Hyperband, MedianStopping, NoStopping, SuccessiveHalving


def make_pruner(stopping: AnyStopping, *, epochs: int) -> BasePruner:
    """The pruner that a study file asks for. Its steps are epochs, from 1.

    Args:
        stopping: of the study.
        epochs: of the variant's longest trial.
    """
    match stopping:
        case NoStopping():
            return NopPruner()
        case MedianStopping(min_epochs=first, startup_trials=trials):
            return MedianPruner(n_startup_trials=trials, n_warmup_steps=first)
        case SuccessiveHalving(min_epochs=first, reduction=reduction):
            return rungs.SuccessiveHalving(first, reduction)
        case Hyperband(min_epochs=first, max_epochs=last, reduction=reduction):
            return rungs.Hyperband(first, last or epochs, reduction)
    raise AssertionError(f"unknown early stopping {stopping!r}")
