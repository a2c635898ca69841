"""Do the places in a class tell the subclass? How the embeddings of each class fall into its subclasses.

Classes of one subclass are left out; the values of the others are averaged, each class counting alike, where nothing
else is said. All of it is about z, in float64.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray
from scipy.stats import entropy
from sklearn.cluster import KMeans
from sklearn.metrics import (
    adjusted_rand_score,
    normalized_mutual_info_score,
    silhouette_score,
)
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information
from threadpoolctl import threadpool_limits
from torch import Tensor

from spreadtune.data.labels import Labels
from spreadtune.evaluation.kmeans import steady
from spreadtune.evaluation.scatter import Scatter
from spreadtune.objectives.unit_rows import unit_rows

Array = NDArray[Any]

STARTS = 5
"""Of k-means, of which the best by its own criterion counts."""


@dataclass(frozen=True)
class ClassRows:
    """The images of a class that has several subclasses.

    Attributes:
        z: (n, D) float64, unit rows.
        subclasses: (n,) of two values or more.
    """

    z: Array
    subclasses: Array


@dataclass(frozen=True)
class Agreement:
    """How well clusters agree with subclasses, from the same clusters.

    Attributes:
        ari: adjusted Rand index (Hubert and Arabie 1985), from -0.5 to 1. Its expected value is 0 when subclasses are
            dealt out to the images of a class by lot, for it is adjusted by that.
        nmi: mutual information / the mean of both entropies, from 0 to 1.
        nmi_chance: the expected value of ``nmi`` when they are dealt out by lot, exact (Vinh et al., JMLR 2010), which
            is above 0, and the more so the fewer images a subclass has.
    """

    ari: float
    nmi: float
    nmi_chance: float


def class_rows(embeddings: Tensor, labels: Labels[Tensor]) -> list[ClassRows]:
    """The classes that have several subclasses, in the order of their labels.

    Args:
        embeddings: (N, D), rows not zero.
        labels: of the N rows.
    """
    z, classes, subclasses = (
        values.cpu().numpy() for values in (unit_rows(embeddings.double()), labels.classes, labels.subclasses)
    )
    of_classes = (classes == label for label in sorted({*classes.tolist()}))
    rows = [ClassRows(z[members], subclasses[members]) for members in of_classes]
    return [each for each in rows if len({*each.subclasses.tolist()}) > 1]


def cluster_agreement(rows: Sequence[ClassRows], *, seed: int) -> Agreement:
    """k-means in each class, told the true number of its subclasses, beside the subclasses.

    Args:
        rows: one class or more.
        seed: of the starts.
    """
    of_classes = [_agreement(each, clusters) for each, clusters in zip(rows, _clusters(rows, seed), strict=True)]
    return Agreement(*(sum(values) / len(values) for values in zip(*of_classes, strict=True)))


def silhouette(rows: Sequence[ClassRows]) -> float:
    """Mean over the images of a class of (b - a) / max(a, b), with a the mean cosine distance to the others of the
    image's subclass and b that to the nearest other subclass of the class.

    From -1 to 1; about 0 where subclasses lie on one another, 1 where each is a point. An image that is alone in its
    subclass has 0. NaN where every image of a class is.

    Source: Rousseeuw 1987.
    """
    with threadpool_limits(1):
        values = [_silhouette(each) for each in rows]
    return sum(values) / len(values)


def subclass_share(embeddings: Tensor, labels: Labels[Tensor]) -> float:
    """Variance between subclasses inside their class / variance within classes.

    ::

        1 - sum_i |z_i - mu_s(i)|^2 / sum_i |z_i - mu_c(i)|^2

    with mu_s the mean of a subclass and mu_c that of its class, over the images of classes that have several
    subclasses. From 0, where all subclasses of a class have one mean, to 1, where each is a point. Subclasses dealt out
    by lot in a class of n images and S subclasses have (S - 1) / (n - 1) on average. NaN where classes are points.

    Args:
        embeddings: (N, D), rows not zero.
        labels: of the N rows.
    """
    several = _of_several(labels)
    of_classes = Scatter.of(embeddings[several], labels.classes[several])
    of_subclasses = Scatter.of(embeddings[several], labels.subclasses[several])
    within = float(of_classes.within.sum())
    rounding = len(of_classes.z) * (64 * torch.finfo(torch.float64).eps) ** 2
    return 1 - float(of_subclasses.within.sum()) / within if within > rounding else math.nan


def _of_several(labels: Labels[Tensor]) -> Tensor:
    """(N,) true for the images of classes that have several subclasses."""
    pairs = torch.stack([labels.classes, labels.subclasses], dim=1).unique(dim=0)
    classes, counts = pairs[:, 0].unique(return_counts=True)
    return torch.isin(labels.classes, classes[counts > 1])


def _clusters(rows: Sequence[ClassRows], seed: int) -> Iterator[Array]:
    with steady():
        for each in rows:
            count = len({*each.subclasses.tolist()})
            yield KMeans(count, n_init=STARTS, random_state=seed % 2**32).fit_predict(each.z)


def _agreement(rows: ClassRows, clusters: Array) -> tuple[float, float, float]:
    table = contingency_matrix(rows.subclasses, clusters, sparse=True)
    mean_entropy = sum(entropy(table.sum(axis).A1) for axis in (0, 1)) / 2  # which no deal changes
    expected = expected_mutual_information(table, len(clusters)) / mean_entropy
    return (
        float(adjusted_rand_score(rows.subclasses, clusters)),
        float(normalized_mutual_info_score(rows.subclasses, clusters)),
        float(expected),
    )


def _silhouette(rows: ClassRows) -> float:
    if len({*rows.subclasses.tolist()}) == len(rows.subclasses):
        return math.nan
    return float(silhouette_score(rows.z, rows.subclasses, metric="cosine"))
