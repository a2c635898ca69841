"""What is measured of an encoder, and when: the cheap metrics every few epochs, all of them at the end.

Where subclasses are the classes (``has_subclasses=False``) transfer means nothing and its metrics are left out.
"""

from spreadtune.evaluation.group_measures import GroupMeasures, TrainSubgroups
from spreadtune.evaluation.measures import Fitted, Measures, TrainMeasures, measured
from spreadtune.evaluation.representations import Representations
from spreadtune.evaluation.subclass_measures import SubclassMeasures
from spreadtune.spec.metrics import drawn_in, during_training, measurable
from spreadtune.spec.seed import Seed

PROBE_STREAM = "evaluation/probe"


def epoch_metrics(
    train: Representations, validation: Representations, *, has_subclasses: bool = True, per_encoder: bool = True
) -> dict[str, float]:
    """Neighbors and spread: no fitting, cheap enough to compute while training goes on.

    Args:
        train: what neighbors are looked for in.
        validation: what is measured.
        has_subclasses: whether subclasses differ from classes.
        per_encoder: whether it is of one encoder, which has a sphere of its own.
    """
    allowed = measurable(has_subclasses=has_subclasses, per_encoder=per_encoder)
    unfitted = Fitted(train, held_out=0)
    return measured(Measures(unfitted, validation), [metric for metric in during_training() if metric in allowed])


class ProbeMetrics:
    """Linear probes on the features h: all that is asked of a floor (raw pixels, a random encoder) or the ceiling.

    These are measured where there are subclasses.

    Args:
        train: what the probes learn from, once.
        seed: of the held-out tenth that chooses the probe's strength.
        patience: of that choice, see :func:`~spreadtune.evaluation.probe.fit_probe`.
    """

    def __init__(self, train: Representations, *, seed: int, patience: int | None = None) -> None:
        self._fitted = Fitted(train, held_out=seed, patience=patience)

    def of(self, part: Representations) -> dict[str, float]:
        """The accuracies on a part that was kept apart."""
        return measured(Measures(self._fitted, part), drawn_in("accuracy"))


class FinalMetrics:
    """Everything that representations alone tell. What is learned is learned once, from ``train``; parts that were kept
    apart are measured by it.

    Args:
        train: what probes and neighbors learn from.
        seed: of the trial, whose streams say which examples the probes are chosen on, which few they see, and
            everything else that is random in an evaluation.
        has_subclasses: whether subclasses differ from classes.
        few_shot: whether the few-shot probes are wanted, which take equally long for any number of training images.
        per_encoder: whether they are of one encoder, which has a sphere of its own.
    """

    def __init__(
        self,
        train: Representations,
        *,
        seed: Seed,
        has_subclasses: bool = True,
        few_shot: bool = True,
        per_encoder: bool = True,
    ) -> None:
        self._fitted = Fitted(train, held_out=seed.stream(PROBE_STREAM), few_shot=seed if few_shot else None)
        self._seed, self._subgroups = seed, TrainSubgroups(train, seed)
        self._metrics = measurable(has_subclasses=has_subclasses, per_encoder=per_encoder)

    def of_train(self) -> dict[str, float]:
        """The metrics of the training images themselves."""
        return measured(TrainMeasures(self._fitted.train), self._metrics)

    def of(self, part: Representations) -> dict[str, float]:
        """The metrics of a part that was kept apart."""
        inside_classes = SubclassMeasures(self._fitted, part, self._seed)
        of_groups = GroupMeasures(self._fitted, part, self._subgroups)
        by = (Measures(self._fitted, part), inside_classes, of_groups)
        return {name: value for each in by for name, value in measured(each, self._metrics).items()}
