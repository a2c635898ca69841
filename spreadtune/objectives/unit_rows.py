"""Rows on the unit sphere: the one place where embeddings are normalized, for losses and for what is measured."""

import torch
import torch.nn.functional as F
from torch import Tensor

SHORTEST = 1e-6
"""A shorter row has no direction to learn from: an encoder whose terms are of order one rounds about so much."""


def unit_rows(rows: Tensor) -> Tensor:
    """z_i = e_i / |e_i| along the last dimension, in the type of the rows.

    A row that is zero stays zero. The gradient of a row grows with 1 / |e_i|, and at zero it would be 10^12 times what
    arrives, which makes one dead image outweigh all others in the step. Therefore rows shorter than :data:`SHORTEST`
    get none; that of all others is the derivative of the formula.

    Args:
        rows: (..., dim) of any length.

    Examples:
        >>> unit_rows(torch.tensor([[3.0, 4.0], [0.0, 0.0]])).tolist()
        [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    long_enough = torch.linalg.vector_norm(rows.detach(), dim=-1, keepdim=True) >= SHORTEST
    return F.normalize(torch.where(long_enough, rows, rows.detach()), dim=-1)
