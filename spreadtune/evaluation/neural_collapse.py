"""How far classes have collapsed: within-class variance beside that between classes, and how class means lie.

Every function normalizes its rows, z_i = e_i / |e_i|, and computes in float64. mu_c is the mean of class c, n_c its
number of rows, mu that of all N rows; tr S_W = (1/N) sum_i |z_i - mu_c(i)|^2 and S_T = S_W + S_B.
"""

import math

import torch
from torch import Tensor

from spreadtune.evaluation.geometry import spread
from spreadtune.evaluation.scatter import Scatter

_EPS = torch.finfo(torch.float64).eps
_SHORTEST = math.sqrt(_EPS)
"""Means of unit rows that lie closer together are equal but for rounding."""


def collapse(embeddings: Tensor, labels: Tensor) -> float:
    """1 - tr S_W / tr S_T, with tr S_T = (1/N) sum_i |z_i - mu|^2.

    1 where every class is a point, 0 where the means of all classes are equal. Unlike spread it is relative: classes
    that are wide and far apart are as collapsed as narrow ones close together. NaN where all rows are equal.

    Args:
        embeddings: (N, D), rows not zero.
        labels: (N,) class of each row.
    """
    of = Scatter.of(embeddings, labels)
    return 1 - float(of.within.sum()) / of.total if of.total else math.nan


def class_separation(embeddings: Tensor, labels: Tensor) -> float:
    """1 - (mean within-class cosine distance) / (mean cosine distance of all pairs), pairs i != j.

    The first mean is spread: over classes, of the mean over a class's pairs. 1 where every class is a point; classes
    drawn by lot have 0 on average, where :func:`collapse` has (C - 1) / (N - 1). NaN where all rows are equal.

    Args:
        embeddings: (N, D), rows not zero.
        labels: (N,) class of each row.

    Raises:
        ValueError: no class has two members.

    Source: Kornblith et al., NeurIPS 2021 (arXiv 2010.16402), who take each row with itself for a pair, too: for equal
    classes that is :func:`collapse`.
    """
    total = Scatter.of(embeddings, labels).total
    # of N unit rows the distances over ordered pairs sum up to N times the scatter
    return 1 - spread(embeddings, labels) * (len(labels) - 1) / total if total else math.nan


def nc1(embeddings: Tensor, labels: Tensor) -> float:
    """tr(S_W pinv(S_B)) / C, with S_W = (1/N) sum_i (z_i - mu_c(i)) (z_i - mu_c(i))^T and S_B = sum_c (n_c / N)
    (mu_c - mu) (mu_c - mu)^T.

    0 where every class is a point, without bound where class means meet; NaN where they are equal. It sees only what
    of the variance lies in the directions between class means.

    Args:
        embeddings: (N, D), rows not zero.
        labels: (N,) of C classes.

    Source: Papyan, Han and Donoho, PNAS 2020 (arXiv 2008.08186), NC1, for equal classes.
    """
    of = Scatter.of(embeddings, labels)
    shares = of.counts / of.counts.sum()
    between = (of.means - of.z.mean(dim=0)) * shares.sqrt()[:, None]  # S_B = between^T between
    _, scales, axes = torch.linalg.svd(between, full_matrices=False)
    rank = int((scales[: len(of.counts) - 1] > max(float(scales[0]) * len(scales) * _EPS, _SHORTEST)).sum())
    if not rank:
        return math.nan
    along = (of.residuals @ axes[:rank].T).square().mean(dim=0)  # v^T S_W v of each axis
    return float((along / scales[:rank].square()).sum()) / len(of.counts)


def nc2(embeddings: Tensor, labels: Tensor) -> float:
    """| G / |G|_F - (I - 1 1^T / C) / sqrt(C - 1) |_F, with G_kl = (mu_k - m) . (mu_l - m) and m the mean of the C
    class means.

    0 where class means are the corners of a simplex, equally long and equally far apart; at most sqrt(2). Two classes
    have always 0. NaN where class means are equal.

    Args:
        embeddings: (N, D), rows not zero.
        labels: (N,) of C >= 2 classes.

    Source: Zhu et al., NeurIPS 2021 (arXiv 2105.02375), NC2, for class means.
    """
    of = Scatter.of(embeddings, labels)
    count = len(of.counts)
    centered = of.means - of.means.mean(dim=0)
    gram = centered @ centered.T
    if float(gram.trace()) <= count * _SHORTEST**2:
        return math.nan
    simplex = (torch.eye(count, dtype=gram.dtype, device=gram.device) - 1 / count) / math.sqrt(count - 1)
    return float(torch.linalg.matrix_norm(gram / torch.linalg.matrix_norm(gram) - simplex))


def cdnv(embeddings: Tensor, labels: Tensor) -> float:
    """Class-distance normalized variance: mean_{k<l} (v_k + v_l) / (2 |mu_k - mu_l|^2), v_c = mean_{i in c} |z_i -
    mu_c|^2.

    0 where every class is a point, without bound where two class means meet; NaN where two are equal. Unlike
    :func:`nc1` it counts variance in all directions, and one pair of classes that lie close together weighs as much as
    they are close.

    Args:
        embeddings: (N, D), rows not zero.
        labels: (N,) of C >= 2 classes.

    Source: Galanti, György and Hutter, ICLR 2022 (arXiv 2112.15121).
    """
    of = Scatter.of(embeddings, labels)
    variances = of.within / of.counts
    first, second = torch.triu_indices(len(variances), len(variances), offset=1, device=variances.device)
    squared_distances = (of.means[first] - of.means[second]).square().sum(dim=1)
    if float(squared_distances.min()) <= _SHORTEST**2:
        return math.nan
    return float(((variances[first] + variances[second]) / (2 * squared_distances)).mean())
