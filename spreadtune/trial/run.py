"""One trial from its spec to its outcome: data, model, training, evaluation. No Ray, no Optuna."""

from spreadtune.run_folder import Outcome
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.context import Context
from spreadtune.training.divergence import DivergenceError
from spreadtune.trial.attempt import Attempt
from spreadtune.trial.datasets import dataset_of
from spreadtune.trial.learner import Learner
from spreadtune.trial.prediction import theory_of


def run_trial(spec: TrialSpec, context: Context) -> Outcome | None:
    """Train and evaluate one setting at one seed; write and return its outcome.

    Returns:
        COMPLETE with everything measured, or PRUNED when it diverged. None when the context asked the loop to stop:
        its checkpoint is there, and what the stop means is the driver's to say.

    Raises:
        UserError: the data set, the model or the batches do not suit one another.
    """
    attempt = Attempt(spec, context)
    learner = Learner(spec, dataset_of(spec.data), context)
    try:
        trained = learner.train()
    except DivergenceError as divergence:
        return attempt.end(Outcome("PRUNED", str(divergence), divergence.epoch - 1))
    if trained.stopped:
        return None
    return attempt.end(
        Outcome(
            "COMPLETE",
            epoch=trained.epoch,
            metrics=learner.final_metrics(),
            theory=theory_of(spec, trained.batch_class_counts),
            details={"batch_class_counts": trained.batch_class_counts},
        )
    )
