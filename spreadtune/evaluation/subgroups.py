"""Subgroups that nobody named: clusters inside each class, which may or may not be the groups."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score
from torch import Tensor

from spreadtune.evaluation.kmeans import steady
from spreadtune.objectives.unit_rows import unit_rows

Array = NDArray[Any]

MOST = 10
"""Clusters of a class, as in Sohoni et al. 2020 (arXiv 2011.12945)."""

STARTS = 3
"""Of k-means, of which the best by its own criterion counts."""


@dataclass(frozen=True, eq=False)
class Subgroups:
    """Clusters of embeddings, numbered class by class.

    Attributes:
        centers: of each class (clusters, D) float64.
        first: the number of each class' first cluster.
    """

    centers: Mapping[int, Array]
    first: Mapping[int, int]

    def __len__(self) -> int:
        return sum(map(len, self.centers.values()))

    def assign(self, embeddings: Tensor, classes: Tensor) -> Tensor:
        """int64 (N,), the cluster of its class whose center is nearest to each row's z, on the rows' device.

        Args:
            embeddings: (N, D), rows not zero.
            classes: (N,), of classes that there were when clusters were found.
        """
        z, labels = unit_rows(embeddings.double()).cpu().numpy(), classes.cpu().numpy()
        found = np.empty(len(z), dtype=np.int64)
        for label, centers in self.centers.items():
            members = labels == label
            found[members] = self.first[label] + cdist(z[members], centers).argmin(axis=1)
        return torch.from_numpy(found).to(classes.device)


@dataclass(frozen=True)
class Recovery:
    """How well one cluster is one group: the cluster of the group's class with the highest F1.

    Attributes:
        precision: share of the cluster's images that are of the group.
        recall: share of the group's images that are in the cluster.
    """

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """2 precision recall / (precision + recall)."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def find_subgroups(embeddings: Tensor, classes: Tensor, *, seed: int) -> Subgroups:
    """k-means on the z of each class, with as many clusters, from 2 to 10, as the mean silhouette prefers.

    A tie goes to the larger number. A class of fewer than three different points is one cluster.

    Args:
        embeddings: (N, D), rows not zero.
        classes: (N,).
        seed: of the starts.
    """
    z, labels = unit_rows(embeddings.double()).cpu().numpy(), classes.cpu().numpy()
    centers: dict[int, Array] = {}
    with steady():
        for label in np.unique(labels).tolist():
            centers[label] = _centers(z[labels == label], seed % 2**32)
    counts = np.cumsum([0, *map(len, centers.values())]).tolist()
    return Subgroups(centers, dict(zip(centers, counts, strict=False)))


def group_agreement(estimated: Tensor, groups: Tensor, classes: Tensor) -> float | None:
    """Adjusted Rand index (Hubert and Arabie 1985) of clusters and groups in each class, mean over the classes that
    have several groups; None where no class has.

    Args:
        estimated: (N,) clusters.
        groups: (N,).
        classes: (N,).
    """
    found = []
    for label in classes.unique():
        members = classes == label
        if len(groups[members].unique()) > 1:
            found.append(adjusted_rand_score(groups[members].cpu().numpy(), estimated[members].cpu().numpy()))
    return float(sum(found) / len(found)) if found else None


def recovery(estimated: Tensor, groups: Tensor, group: int) -> Recovery:
    """How well the cluster that is most like a group is that group.

    Args:
        estimated: (N,) clusters of the images of the group's class.
        groups: (N,), theirs.
        group: which one; it has images.
    """
    inside = groups == group
    clusters = estimated[inside].unique().tolist()
    both = {cluster: float((inside & (estimated == cluster)).sum()) for cluster in clusters}
    each = [
        Recovery(both[cluster] / float((estimated == cluster).sum()), both[cluster] / float(inside.sum()))
        for cluster in clusters
    ]
    return max(each, key=lambda found: found.f1)


def _centers(z: Array, seed: int) -> Array:
    """(clusters, D) of one class."""
    different = len(np.unique(z, axis=0))
    best = -np.inf
    centers: Array = z.mean(axis=0, keepdims=True)
    for count in range(2, min(MOST, different - 1) + 1):
        found = KMeans(count, n_init=STARTS, random_state=seed).fit(z)
        score = float(silhouette_score(z, found.labels_)) if len({*found.labels_.tolist()}) > 1 else -np.inf
        if score >= best:
            best, centers = score, found.cluster_centers_
    return centers
