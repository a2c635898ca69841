"""Early stopping: what decides, from the values reported so far, whether a trial goes on."""

from optuna.pruners import BasePruner, MedianPruner, NopPruner, SuccessiveHalvingPruner

from spreadtune.spec.search import AnyStopping, MedianStopping, NoStopping, SuccessiveHalving


def make_pruner(stopping: AnyStopping) -> BasePruner:
    """The pruner that a study file asks for. Its steps are epochs, from 1."""
    match stopping:
        case NoStopping():
            return NopPruner()
        case MedianStopping(min_epochs=epochs, startup_trials=trials):
            return MedianPruner(n_startup_trials=trials, n_warmup_steps=epochs)
        case SuccessiveHalving(min_epochs=epochs, reduction=reduction):
            return SuccessiveHalvingPruner(min_resource=epochs, reduction_factor=reduction)
    raise AssertionError(f"unknown early stopping {stopping!r}")
