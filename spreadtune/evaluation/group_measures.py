"""Are groups found without being told? Clusters inside classes beside the true groups, each metric by its method.

Clusters are found on z of training images and assigned to the images of the part. Without groups nothing is measured.
"""

from functools import cached_property

from torch import Tensor

from spreadtune.evaluation.measures import Fitted
from spreadtune.evaluation.representations import Representations
from spreadtune.evaluation.stratified import at_most
from spreadtune.evaluation.subgroups import Recovery, Subgroups, find_subgroups, group_agreement, recovery
from spreadtune.spec.seed import Seed

MOST_IMAGES = 2000
"""Of more training images clusters are found on a sample in the classes' proportions: silhouettes compare pairs."""


class TrainSubgroups:
    """The clusters of the training images, found when they are first asked for, and once for all parts.

    Args:
        train: the training images.
        seed: of the trial: its streams ``evaluation/subgroups/sample`` and ``evaluation/subgroups`` say which of them
            are a sample and where k-means starts.
    """

    def __init__(self, train: Representations, seed: Seed) -> None:
        self._train, self._seed = train, seed

    @cached_property
    def found(self) -> Subgroups:
        train, seed = self._train, self._seed
        some = at_most(train.labels.classes, MOST_IMAGES, seed=seed.stream("evaluation/subgroups/sample"))
        classes = train.labels.classes[some]
        return find_subgroups(train.embeddings[some], classes, seed=seed.stream("evaluation/subgroups"))


class GroupMeasures:
    """The metrics of a part that was kept apart which compare clusters with its groups.

    Args:
        fitted: what was learned from the training images.
        part: validation, in confirmation the test split too.
        subgroups: of the training images.
    """

    def __init__(self, fitted: Fitted, part: Representations, subgroups: TrainSubgroups) -> None:
        self._fitted, self._part, self._subgroups = fitted, part, subgroups

    def group_ari(self) -> float | None:
        groups = self._part.labels.groups
        return group_agreement(self._estimated, groups, self._part.labels.classes) if groups is not None else None

    def worst_group_precision(self) -> float | None:
        return self._recovery.precision if self._recovery else None

    def worst_group_recall(self) -> float | None:
        return self._recovery.recall if self._recovery else None

    def worst_group_f1(self) -> float | None:
        return self._recovery.f1 if self._recovery else None

    @cached_property
    def _estimated(self) -> Tensor:
        return self._subgroups.found.assign(self._part.embeddings, self._part.labels.classes)

    @cached_property
    def _recovery(self) -> Recovery | None:
        """Of the group in which the class probe is worst."""
        labels = self._part.labels
        if labels.groups is None:
            return None
        accuracies = self._fitted.class_accuracy_by_group(self._part)
        worst = min(accuracies, key=accuracies.__getitem__)
        of_class = labels.classes == labels.classes[labels.groups == worst][0]
        return recovery(self._estimated[of_class], labels.groups[of_class], worst)
