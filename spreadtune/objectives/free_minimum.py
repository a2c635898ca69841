"""Free embeddings: where the spread loss itself is smallest when nothing but the unit sphere holds the images.

No theory enters, so this is what formulas of :mod:`spreadtune.theory` can be held against.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from spreadtune.objectives.candidates import Pairs
from spreadtune.objectives.lbfgs import minimized
from spreadtune.objectives.spread import spread_loss
from spreadtune.objectives.supcon import Denominator
from spreadtune.objectives.unit_rows import unit_rows

NOISE = 0.03
"""By how much every coordinate of the start is off the collapsed simplex."""


def free_embeddings(
    alpha: float,
    class_counts: Sequence[float],
    temperature: float,
    *,
    pairs: Pairs = "cross_view",
    denominator: Denominator = "negatives",
    views: int = 2,
    seed: int = 0,
    **options: Any,
) -> Tensor:
    """Unit embeddings of one batch, all views of an image tied to one point, that minimize the spread loss.

    ::

        argmin over z_1 ... z_B on the sphere in B dimensions of spread_loss(z, ..., z)

    There are as many dimensions as images: no arrangement asks for more. The loss is convex in the cosines z_i . z_j,
    for it is made of logarithms of sums of their exponentials, and in so many dimensions every minimum is then a
    global one (Burer and Monteiro 2005). The collapsed simplex is stationary at every alpha, and a saddle point above
    alpha_c; so the search starts beside it (:mod:`~spreadtune.objectives.lbfgs`).

    About a second for 128 images, ten to twenty for 512;
    :func:`~spreadtune.objectives.free_curve.free_embedding_curve` finds the spread alone much faster.

    Args:
        alpha: weight of the class-conditional term, in [0, 1].
        class_counts: images of each class in the batch, rounded; B is their sum.
        temperature: tau > 0 of both terms.
        pairs: who is compared with whom.
        denominator: what a positive of the supervised term competes with.
        views: V >= 2.
        seed: of the noise at the start.
        options: further keyword arguments of :func:`~spreadtune.objectives.spread.spread_loss`.

    Returns:
        Rows of length 1, class by class, (batch, batch), float64.

    Raises:
        ValueError: below two classes, or as :func:`~spreadtune.objectives.spread.spread_loss`.

    Examples:
        Two images of each of two classes. At alpha 0 a class is one point, and the other class is opposite; at alpha 1
        the images of a class are as far apart as can be.

        >>> for alpha in (0.0, 1.0):
        ...     z = free_embeddings(alpha, [2, 2], 0.5)
        ...     print(round((z[0] @ z[1]).item(), 3) + 0.0)
        1.0
        -1.0
    """
    counts = whole_counts(class_counts)
    labels = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    generator = torch.Generator().manual_seed(seed)

    def loss(rows: Tensor) -> Tensor:
        tied = rows.expand(views, -1, -1)
        scheme: dict[str, Any] = {"pairs": pairs, "denominator": denominator, **options}
        return spread_loss(tied, labels, alpha=alpha, temperature=temperature, **scheme)

    rows = torch.zeros(len(labels), len(labels), dtype=torch.float64)
    rows[:, : len(counts)] = simplex(len(counts))[labels]
    start = rows + NOISE * torch.randn(rows.shape, dtype=rows.dtype, generator=generator)
    return unit_rows(minimized(loss, start, generator))


def whole_counts(class_counts: Sequence[float]) -> list[int]:
    """Images of each class in one batch, from means over batches; classes without an image are left out.

    Raises:
        ValueError: below two classes.
    """
    counts = [round(count) for count in class_counts if round(count) > 0]
    if len(counts) < 2:
        raise ValueError(f"class_counts: two classes or more are needed, got {len(counts)} with an image")
    return counts


def simplex(classes: int) -> Tensor:
    """C unit vectors of which any two have the cosine -1/(C-1), (classes, classes)."""
    return unit_rows(torch.eye(classes, dtype=torch.float64) - 1 / classes)
