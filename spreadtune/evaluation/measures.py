"""How each metric is computed: by the method that is called like it (:data:`spreadtune.spec.metrics.METRICS`).

Probes and neighbors learn from the training images and are scored on images kept apart. Geometry is that of z, features
h are what probes and RankMe read.
"""

from collections.abc import Iterable
from functools import cached_property

from torch import Tensor

from spreadtune.evaluation.few_shot import FewShotProbes
from spreadtune.evaluation.geometry import class_uniformity, spread, tolerance, uniformity
from spreadtune.evaluation.group_accuracies import group_accuracies, weighted_mean
from spreadtune.evaluation.knn import Neighbors, nearest_neighbors
from spreadtune.evaluation.neural_collapse import cdnv, class_separation, collapse, nc1, nc2
from spreadtune.evaluation.probe import Probe, fit_probe
from spreadtune.evaluation.rank import effective_rank, rankme
from spreadtune.evaluation.representations import Representations
from spreadtune.objectives.unit_rows import unit_rows
from spreadtune.spec.metrics import METRICS, Metric
from spreadtune.spec.seed import Seed


def measured(by: object, metrics: Iterable[Metric]) -> dict[str, float]:
    """The metrics that ``by`` has a method for, by name; one whose method returns None cannot be measured here."""
    values = {metric.name: getattr(by, metric.name)() for metric in metrics if hasattr(by, metric.name)}
    return {name: value for name, value in values.items() if value is not None}


class Fitted:
    """Training images and the probes that learn from them, each when it is first asked for, and once.

    Args:
        train: what probes and neighbors learn from.
        held_out: seed of the tenth on which a probe's strength is chosen.
        patience: of that choice, see :func:`~spreadtune.evaluation.probe.fit_probe`.
        few_shot: seed of the draws of few examples; without it there are no few-shot probes.
    """

    def __init__(
        self, train: Representations, *, held_out: int, patience: int | None = None, few_shot: Seed | None = None
    ) -> None:
        self.train = train
        self._held_out, self._patience, self._draws = held_out, patience, few_shot

    @cached_property
    def class_probe(self) -> Probe:
        return self._probe(self.train.features, self.train.labels.classes)

    def class_accuracy_by_group(self, part: Representations) -> dict[int, float]:
        """The class probe's accuracy in each group of a part; empty without groups."""
        labels = part.labels
        if labels.groups is None:
            return {}
        return group_accuracies(self.class_probe.predict(part.features), labels.classes, labels.groups)

    @cached_property
    def transfer_probe(self) -> Probe:
        return self._probe(self.train.features, self.train.labels.subclasses)

    @cached_property
    def z_probe(self) -> Probe:
        return self._probe(unit_rows(self.train.embeddings), self.train.labels.subclasses)

    @cached_property
    def few_shot_probes(self) -> FewShotProbes | None:
        if self._draws is None:
            return None
        return FewShotProbes(self.train.features, self.train.labels.subclasses, self._draws)

    def _probe(self, features: Tensor, labels: Tensor) -> Probe:
        return fit_probe(features, labels, seed=self._held_out, patience=self._patience)


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

    def collapse(self) -> float:
        return collapse(self._part.embeddings, self._part.labels.classes)

    def transfer_accuracy_z(self) -> float:
        return self._fitted.z_probe.accuracy(unit_rows(self._part.embeddings), self._part.labels.subclasses)

    def transfer_accuracy_1_shot(self) -> float | None:
        return self._few_shot.get(1)

    def transfer_accuracy_5_shot(self) -> float | None:
        return self._few_shot.get(5)

    def transfer_accuracy_10_shot(self) -> float | None:
        return self._few_shot.get(10)

    def uniformity(self) -> float:
        return uniformity(self._part.embeddings)

    def class_uniformity(self) -> float:
        return class_uniformity(self._part.embeddings, self._part.labels.classes)

    def tolerance(self) -> float:
        return tolerance(self._part.embeddings, self._part.labels.classes)

    def class_separation(self) -> float:
        return class_separation(self._part.embeddings, self._part.labels.classes)

    def nc1(self) -> float:
        return nc1(self._part.embeddings, self._part.labels.classes)

    def nc2(self) -> float | None:
        """None of two classes, whose means are a simplex wherever they lie."""
        classes = self._part.labels.classes
        return nc2(self._part.embeddings, classes) if len(classes.unique()) >= METRICS["nc2"].fewest_classes else None

    def cdnv(self) -> float:
        return cdnv(self._part.embeddings, self._part.labels.classes)

    def effective_rank(self) -> float:
        return effective_rank(self._part.embeddings)

    def rankme(self) -> float:
        return rankme(self._part.features)

    def worst_group_accuracy(self) -> float | None:
        """None, as the next ones, where the data set knows no groups."""
        return min(self._by_group.values(), default=None)

    def mean_group_accuracy(self) -> float | None:
        found = self._by_group
        return sum(found.values()) / len(found) if found else None

    def weighted_group_accuracy(self) -> float | None:
        groups = self._fitted.train.labels.groups
        return weighted_mean(self._by_group, groups) if groups is not None and self._by_group else None

    def knn_worst_group_accuracy(self) -> float | None:
        labels = self._part.labels
        if labels.groups is None:
            return None
        predicted = self._neighbors.vote(self._fitted.train.labels.classes)
        return min(group_accuracies(predicted, labels.classes, labels.groups).values())

    @cached_property
    def _by_group(self) -> dict[int, float]:
        return self._fitted.class_accuracy_by_group(self._part)

    @cached_property
    def _neighbors(self) -> Neighbors:
        return nearest_neighbors(self._fitted.train.embeddings, self._part.embeddings)

    @cached_property
    def _few_shot(self) -> dict[int, float]:
        """By the number of shots; nothing where such probes are not wanted."""
        probes = self._fitted.few_shot_probes
        return probes.accuracies(self._part.features, self._part.labels.subclasses) if probes else {}
