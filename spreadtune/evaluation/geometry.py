"""How embeddings lie on the sphere: spread, tolerance, alignment, uniformity.

Every function normalizes its rows, z_i = e_i / |e_i|, and computes in float64. Spread and tolerance use that for unit
rows the sum over ordered pairs i != j of a class of 1 - z_i . z_j is n times the class's scatter sum_i |z_i - mu|^2:
linear in the number of images, never negative, and exact where the embeddings have collapsed.
"""

import math

import torch
from torch import Tensor

from spreadtune.evaluation.scatter import Scatter
from spreadtune.objectives.unit_rows import unit_rows

_ROWS_AT_ONCE = 1024  # of the pairwise matrix of `uniformity`
_NO_PAIRS = "pairs inside a class are needed, but no class has two members"


def spread(embeddings: Tensor, labels: Tensor) -> float:
    """Mean over classes of the mean over ordered pairs i != j in a class of 1 - z_i . z_j.

    0 is a collapsed class; at most n / (n - 1) for n images in a class. Half the mean squared distance inside a class.
    Classes with one member are left out.

    Args:
        embeddings: (N, D), rows not zero.
        labels: (N,) class of each row.

    Raises:
        ValueError: no class has two members.

    Source: Chen et al., ICML 2022 (arXiv 2204.07596), the degree of spread.
    """
    counts, scatter = _class_scatter(embeddings, labels)
    return float((scatter / (counts - 1)).mean())


def tolerance(embeddings: Tensor, labels: Tensor) -> float:
    """Mean of z_i . z_j over all ordered pairs i != j of one class, the pairs of all classes pooled.

    Args:
        embeddings: (N, D), rows not zero.
        labels: (N,) class of each row.

    Raises:
        ValueError: no class has two members.

    Source: Wang and Liu, CVPR 2021 (arXiv 2012.09740), section 4.3.
    """
    counts, scatter = _class_scatter(embeddings, labels)
    return 1 - float((counts * scatter).sum() / (counts * (counts - 1)).sum())


def alignment(views: Tensor) -> float:
    """Mean over images and pairs of views v != w of |z_i^v - z_i^w|^2.

    Args:
        views: (V, N, D) embeddings of V views of the same N images, rows not zero.

    Raises:
        ValueError: fewer than two views.

    Source: Wang and Isola, ICML 2020 (arXiv 2005.10242), with exponent 2.
    """
    if len(views) < 2:
        raise ValueError(f"alignment compares the views of an image; got {len(views)}")
    # the mean squared distance over pairs is twice the unbiased variance
    return 2 * float(unit_rows(views.double()).var(dim=0).sum(dim=-1).mean())


def uniformity(embeddings: Tensor, t: float = 2.0) -> float:
    """log mean_{i<j} exp(-t |z_i - z_j|^2); lower is more uniform.

    Args:
        embeddings: (N, D), rows not zero.
        t: sharpness of the kernel.

    Raises:
        ValueError: fewer than two rows.

    Source: Wang and Isola, ICML 2020 (arXiv 2005.10242).
    """
    count = len(embeddings)
    if count < 2:
        raise ValueError(f"uniformity is about pairs of embeddings; got {count}")
    z = unit_rows(embeddings.double())
    partial_sums = []
    for start in range(0, count, _ROWS_AT_ONCE):
        exponents = -2 * t * (1 - z[start : start + _ROWS_AT_ONCE] @ z[start:].T)
        each_pair_once = torch.ones_like(exponents, dtype=torch.bool).triu(diagonal=1)
        partial_sums.append(exponents[each_pair_once].logsumexp(dim=0))
    return float(torch.stack(partial_sums).logsumexp(dim=0)) - math.log(count * (count - 1) / 2)


def class_uniformity(embeddings: Tensor, labels: Tensor, t: float = 2.0) -> float:
    """Mean over classes of :func:`uniformity` inside the class: log mean_{i<j in c} exp(-t |z_i - z_j|^2).

    0 is collapse, and nothing is below -4 t. Beside spread, a mean distance, it is moved by the pairs that lie close
    together: a class of a few tight clumps far apart is spread and not uniform. Classes with one member are left out.

    Args:
        embeddings: (N, D), rows not zero.
        labels: (N,) class of each row.
        t: sharpness of the kernel.

    Raises:
        ValueError: no class has two members.

    Source: uniformity of Wang and Isola, ICML 2020 (arXiv 2005.10242), of each class by itself.
    """
    members, counts = labels.unique(return_counts=True)
    if not (counts >= 2).any():
        raise ValueError(_NO_PAIRS)
    values = [uniformity(embeddings[labels == label], t) for label in members[counts >= 2]]
    return sum(values) / len(values)


def _class_scatter(embeddings: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """n and the scatter of the classes with two members and more; raises ValueError when there is none."""
    of_all = Scatter.of(embeddings, labels)
    several = of_all.counts >= 2
    if not several.any():
        raise ValueError(_NO_PAIRS)
    return of_all.counts[several], of_all.within[several]
