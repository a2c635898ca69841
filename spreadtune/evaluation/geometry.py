"""How embeddings lie on the sphere: spread, collapse, tolerance, alignment, uniformity.

Every function normalizes its rows, z_i = e_i / |e_i|, and computes in float64. Spread and tolerance use that for unit
rows the sum over ordered pairs i != j of a class of 1 - z_i . z_j is n times the class's scatter sum_i |z_i - mu|^2:
linear in the number of images, never negative, and exact where the embeddings have collapsed.
"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from spreadtune.objectives.unit_rows import unit_rows

_ROWS_AT_ONCE = 1024  # of the pairwise matrix of `uniformity`


class _Scatter(NamedTuple):
    counts: Tensor  # (C,) images per class: n
    scatter: Tensor  # (C,) sum_i |z_i - mu|^2 with mu the mean of the class


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


def collapse(embeddings: Tensor, labels: Tensor) -> float:
    """1 - tr S_W / tr S_T, with tr S_W = mean_i |z_i - mu_c(i)|^2 within classes and tr S_T = mean_i |z_i - mu|^2.

    1 where every class is a point, 0 where the means of all classes are equal. Unlike spread it is relative: classes
    that are wide and far apart are as collapsed as narrow ones close together. NaN where all rows are equal.

    Args:
        embeddings: (N, D), rows not zero.
        labels: (N,) class of each row.
    """
    within = _scatter(embeddings, labels).scatter.sum()
    total = _scatter(embeddings, torch.zeros_like(labels)).scatter.sum()
    rounding = len(labels) * torch.finfo(torch.float64).eps
    return math.nan if total <= rounding else 1 - float(within / total)


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


def _class_scatter(embeddings: Tensor, labels: Tensor) -> _Scatter:
    """Of the classes with two members and more; raises ValueError when there is none."""
    counts, scatter = _scatter(embeddings, labels)
    if not (counts >= 2).any():
        raise ValueError("pairs inside a class are needed, but no class has two members")
    return _Scatter(counts[counts >= 2], scatter[counts >= 2])


def _scatter(embeddings: Tensor, labels: Tensor) -> _Scatter:
    _, classes = labels.unique(return_inverse=True)
    members = F.one_hot(classes).double()  # (N, C); sums by products are reproducible on every device
    counts = members.sum(dim=0)
    z = unit_rows(embeddings.double())
    means = members.T @ z / counts[:, None]
    return _Scatter(counts, members.T @ (z - means[classes]).square().sum(dim=1))
