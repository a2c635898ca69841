"""In how many directions embeddings spread: exp of the entropy of their singular values.

Singular values are the roots of the eigenvalues of the smaller of E^T E and E E^T, in float64; below 10^-8 of the
largest they are rounding and count as none.
"""

import math

import torch
from torch import Tensor

from spreadtune.objectives.unit_rows import unit_rows

_RANKME_EPSILON = 1e-7


def effective_rank(embeddings: Tensor) -> float:
    """exp(-sum_k p_k log p_k), p_k = s_k / sum_j s_j, with s the singular values of the centered unit rows z_i - mu.

    From 1, all on one line, to min(N - 1, D), equally much in every direction. C collapsed classes have at most C - 1.
    NaN where all rows are equal.

    Args:
        embeddings: (N, D), rows not zero.

    Source: Roy and Vetterli, EUSIPCO 2007.
    """
    z = unit_rows(embeddings.double())
    centered = z - z.mean(dim=0)
    if float(centered.square().sum()) <= len(z) * torch.finfo(z.dtype).eps:
        return math.nan
    return _exp_entropy(centered)


def rankme(features: Tensor) -> float:
    """exp(-sum_k p_k log p_k), p_k = s_k / sum_j s_j + 10^-7, with s the singular values of the features as they are.

    From 1 to min(N, D) and a trifle. Neither centered nor normalized, so a common offset of all features is a direction
    that counts, and long rows count more. NaN where all features are zero.

    Args:
        features: (N, D).

    Source: Garrido et al., ICML 2023 (arXiv 2210.02885), equation 3.
    """
    return _exp_entropy(features.double(), _RANKME_EPSILON) if bool(features.any()) else math.nan


def _exp_entropy(rows: Tensor, epsilon: float = 0.0) -> float:
    gram = rows.T @ rows if rows.shape[1] <= rows.shape[0] else rows @ rows.T
    eigenvalues = torch.linalg.eigvalsh(gram)
    rounding = eigenvalues[-1] * len(gram) * torch.finfo(gram.dtype).eps
    values = torch.where(eigenvalues > rounding, eigenvalues, 0.0).sqrt()
    return math.exp(float(torch.special.entr(values / values.sum() + epsilon).sum()))
