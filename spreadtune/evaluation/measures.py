"""How each metric is computed: by the method that is called like it (:data:`spreadtune.spec.metrics.METRICS`).

Probes and neighbors learn from the training images and are scored on images kept apart. Geometry is that of z, features
h are what probes read.
"""

from collections.abc import Iterable
from functools import cached_property

from torch import Tensor

from spreadtune.evaluation.geometry import spread, uniformity
from spreadtune.evaluation.knn import Neighbors, nearest_neighbors
from spreadtune.evaluation.probe import Probe, few_shot_probe, fit_probe
from spreadtune.evaluation.representations import Representations
from spreadtune.objectives.unit_rows import unit_rows
from spreadtune.spec.metrics import Metric


def measured(by: object, metrics: Iterable[Metric]) -> dict[str, float]:
    """The metrics that ``by`` has a method for, by name; one whose method returns None cannot be measured here."""
    values = {metric.name: getattr(by, metric.name)() for metric in metrics if hasattr(by, metric.name)}
    return {name: value for name, value in values.items() if value is not None}


class Fitted:
    """Training images and the probes that learn from them, each when it is first asked for, and once.

    Args:
        train: what probes and neighbors learn from.
        seed: of the probes' draws.
        patience: of the choice of their strength, see :func:`~spreadtune.evaluation.probe.fit_probe`.
    """

    def __init__(self, train: Representations, *, seed: int, patience: int | None = None) -> None:
        self.train = train
        self._seed, self._patience = seed, patience
        self._few_shot: dict[int, Probe] = {}

    @cached_property
    def class_probe(self) -> Probe:
        return self._probe(self.train.features, self.train.labels.classes)

    @cached_property
    def transfer_probe(self) -> Probe:
        return self._probe(self.train.features, self.train.labels.subclasses)

    @cached_property
    def z_probe(self) -> Probe:
        return self._probe(unit_rows(self.train.embeddings), self.train.labels.subclasses)

    def few_shot_probe(self, shots: int) -> Probe:
        if shots not in self._few_shot:
            fine = self.train.features, self.train.labels.subclasses
            self._few_shot[shots] = few_shot_probe(*fine, shots=shots, seed=self._seed)
        return self._few_shot[shots]

    def _probe(self, features: Tensor, labels: Tensor) -> Probe:
        return fit_probe(features, labels, seed=self._seed, patience=self._patience)


class TrainMeasures:
    """The metrics of the training images themselves."""

    def __init__(self, train: Representations) -> None:
        self._train = train

    def train_spread(self) -> float:
        return spread(self._train.embeddings, self._train.labels.classes)


class Measures:
    """The metrics that representations alone tell of a part that was kept apart.

    Args:
        fitted: what was learned from the training images.
        part: validation, in confirmation the test split too.
    """

    def __init__(self, fitted: Fitted, part: Representations) -> None:
        self._fitted, self._part = fitted, part

    def transfer_accuracy(self) -> float:
        return self._fitted.transfer_probe.accuracy(self._part.features, self._part.labels.subclasses)

    def class_accuracy(self) -> float:
        return self._fitted.class_probe.accuracy(self._part.features, self._part.labels.classes)

    def knn_transfer_accuracy(self) -> float:
        return self._neighbors.accuracy(self._fitted.train.labels.subclasses, self._part.labels.subclasses)

    def knn_class_accuracy(self) -> float:
        return self._neighbors.accuracy(self._fitted.train.labels.classes, self._part.labels.classes)

    def spread(self) -> float:
        return spread(self._part.embeddings, self._part.labels.classes)

    def transfer_accuracy_z(self) -> float:
        return self._fitted.z_probe.accuracy(unit_rows(self._part.embeddings), self._part.labels.subclasses)

    def transfer_accuracy_1_shot(self) -> float:
        return self._few_shot_accuracy(1)

    def transfer_accuracy_5_shot(self) -> float:
        return self._few_shot_accuracy(5)

    def transfer_accuracy_10_shot(self) -> float:
        return self._few_shot_accuracy(10)

    def uniformity(self) -> float:
        return uniformity(self._part.embeddings)

    @cached_property
    def _neighbors(self) -> Neighbors:
        return nearest_neighbors(self._fitted.train.embeddings, self._part.embeddings)

    def _few_shot_accuracy(self, shots: int) -> float:
        return self._fitted.few_shot_probe(shots).accuracy(self._part.features, self._part.labels.subclasses)
