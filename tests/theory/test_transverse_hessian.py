"""The Hessian of the loss at the collapsed simplex, on either side of alpha_c, where opening is too slow to be seen.

Transverse are the directions that move images of a class apart and leave the class mean where it is: on the sphere's
tangent space at every image, and adding up to zero over each class. Rotations, along which the loss is flat, move all
images of a class alike, so these directions are orthogonal to them; so they are to moves of a whole class.
"""

from typing import Any

import pytest
import torch
from torch import Tensor

from spreadtune.objectives import spread_loss
from spreadtune.objectives.free_minimum import simplex
from spreadtune.theory import collapse_threshold


def transverse_directions(classes: int, n: int, collapsed: Tensor) -> Tensor:
    """An orthonormal basis of them, (batch * dim, directions): centred over a class, times tangent at its point."""
    batch, dim = collapsed.shape
    centred = torch.block_diag(*[torch.eye(n) - 1 / n for _ in range(classes)]).double()
    blocks = torch.zeros(batch, dim, batch, dim, dtype=torch.float64)
    for i in range(batch):
        for j in range(batch):
            blocks[i, :, j] = centred[i, j] * (torch.eye(dim) - torch.outer(collapsed[i], collapsed[i]))
    values, vectors = torch.linalg.eigh(blocks.reshape(batch * dim, batch * dim))
    return vectors[:, values > 0.5]


@pytest.mark.parametrize("pairs", ["cross_view", "all"])
@pytest.mark.parametrize("denominator", ["negatives", "all"])
@pytest.mark.parametrize("temperature", [0.1, 0.2])
@pytest.mark.parametrize(("classes", "n"), [(2, 4), (4, 3)])
def test_the_smallest_transverse_eigenvalue_changes_its_sign_at_alpha_c(
    pairs: Any, denominator: Any, temperature: float, classes: int, n: int
) -> None:
    labels = torch.repeat_interleave(torch.arange(classes), n)
    collapsed = torch.zeros(classes * n, classes + 1, dtype=torch.float64)  # one dimension more than classes need
    collapsed[:, :classes] = simplex(classes)[labels]
    directions = transverse_directions(classes, n, collapsed)
    assert directions.shape[1] == classes * (n - 1) * classes  # d - 1 tangent directions at each point
    scheme = {"pairs": pairs, "denominator": denominator}

    def smallest_eigenvalue(alpha: float) -> float:
        def loss(step: Tensor) -> Tensor:
            points = collapsed + (directions @ step).view_as(collapsed)
            return spread_loss(points.expand(2, -1, -1), labels, alpha=alpha, temperature=temperature, **scheme)

        at_collapse = torch.zeros(directions.shape[1], dtype=torch.float64)
        hessian = torch.autograd.functional.hessian(loss, at_collapse)  # type: ignore[no-untyped-call]
        return float(torch.linalg.eigvalsh(hessian)[0])

    alpha_c = collapse_threshold([n] * classes, temperature, **scheme)
    assert smallest_eigenvalue(0.98 * alpha_c) > 0 > smallest_eigenvalue(1.02 * alpha_c)
