"""One trial from its spec to its outcome: data, model, training, evaluation. No Ray, no Optuna."""

from spreadtune.run_folder import Outcome, TrialFolder
from spreadtune.spec.quantities import duration_text
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.context import Context
from spreadtune.training.divergence import DivergenceError
from spreadtune.training.loop import Trained
from spreadtune.trial.attempt_record import Attempt
from spreadtune.trial.datasets import dataset_of
from spreadtune.trial.ensemble import Ensemble
from spreadtune.trial.learner import Learner
from spreadtune.trial.prediction import theory_of


def run_trial(spec: TrialSpec, context: Context) -> Outcome | None:
    """Train and evaluate one setting at one seed; write and return its outcome.

    Returns:
        COMPLETE with everything measured, or PRUNED when it diverged or its time was up. None when the context asked
        the loop to stop: its checkpoint is there, and what the stop means is the driver's to say.

    Raises:
        UserError: the data set, the model or the batches do not suit one another.
    """
    attempt = Attempt(spec, context)
    learner = (Ensemble if spec.members else Learner)(spec, dataset_of(spec.data), context)
    try:
        trained = learner.train()
    except DivergenceError as divergence:
        return attempt.end(Outcome("PRUNED", str(divergence), divergence.epoch - 1))
    if trained.ended == "request":
        return None
    if trained.ended == "time limit":
        return attempt.end(_out_of_time(trained, spec.epochs, context))
    return attempt.end(
        Outcome(
            "COMPLETE",
            epoch=trained.epoch,
            metrics=learner.final_metrics(),
            theory=theory_of(spec, trained.batch_class_counts),
            details={"batch_class_counts": trained.batch_class_counts},
        )
    )


def _out_of_time(trained: Trained, epochs: int, context: Context) -> Outcome:
    """PRUNED, with the metrics of its last epoch: like one that was stopped early it is not probed."""
    epoch, limit = trained.epoch, trained.time_limit
    assert limit is not None
    history = {line.pop("epoch"): line for line in TrialFolder(context.attempt.path.parent).history()}
    metrics = {name: value for name, value in history[epoch].items() if name not in ("attempt", "seconds", "time")}
    reason = f"time limit of {duration_text(limit)} after epoch {epoch} of {epochs}"
    return Outcome("PRUNED", reason, epoch, metrics=metrics, details={"time_limit": limit})
