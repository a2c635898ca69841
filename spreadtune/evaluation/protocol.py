"""What is measured of an encoder, and when: the cheap metrics every few epochs, all of them at the end.

Where subclasses are the classes (``has_subclasses=False``) transfer means nothing and its metrics are left out.
"""

from spreadtune.evaluation.measures import Fitted, Measures, TrainMeasures, measured
from spreadtune.evaluation.representations import Representations
from spreadtune.spec.metrics import drawn_in, during_training, measurable


def epoch_metrics(
    train: Representations, validation: Representations, *, has_subclasses: bool = True
) -> dict[str, float]:
    """Neighbors and spread: no fitting, cheap enough to compute while training goes on."""
    allowed = measurable(has_subclasses=has_subclasses)
    nothing_drawn = Fitted(train, seed=0)
    return measured(Measures(nothing_drawn, validation), [each for each in during_training() if each in allowed])


class ProbeMetrics:
    """Linear probes on the features h: all that is asked of a floor (raw pixels, a random encoder) or the ceiling.

    Args:
        train: what the probes learn from, once.
        seed: of the held-out tenth that chooses the probe's strength.
        has_subclasses: whether subclasses differ from classes.
        patience: of that choice, see :func:`~spreadtune.evaluation.probe.fit_probe`.
    """

    def __init__(
        self, train: Representations, *, seed: int, has_subclasses: bool = True, patience: int | None = None
    ) -> None:
        self._fitted = Fitted(train, seed=seed, patience=patience)
        allowed = measurable(has_subclasses=has_subclasses)
        self._metrics = [metric for metric in drawn_in("accuracy") if metric in allowed]

    def of(self, part: Representations) -> dict[str, float]:
        """The accuracies on a part that was kept apart."""
        return measured(Measures(self._fitted, part), self._metrics)


class FinalMetrics:
    """Everything that representations alone tell. What is learned is learned once, from ``train``; parts that were kept
    apart are measured by it.

    Args:
        train: what probes and neighbors learn from.
        seed: of the probes' draws.
        has_subclasses: whether subclasses differ from classes.
    """

    def __init__(self, train: Representations, *, seed: int, has_subclasses: bool = True) -> None:
        self._fitted = Fitted(train, seed=seed)
        self._metrics = measurable(has_subclasses=has_subclasses)

    def of_train(self) -> dict[str, float]:
        """The metrics of the training images themselves."""
        return measured(TrainMeasures(self._fitted.train), self._metrics)

    def of(self, part: Representations) -> dict[str, float]:
        """The metrics of a part that was kept apart."""
        return measured(Measures(self._fitted, part), self._metrics)
