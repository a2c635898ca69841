"""How far free embeddings spread at many alphas: the spread loss minimized over all of them, with few numbers.

The loss is convex in the cosines of the images and does not change when images of a class swap places. So the average
of a minimum over all such swaps is a minimum too, and its cosines are those of::

    z_i = (m_k, b_k e_i)        m_k in C dimensions, m_k^2 + b_k^2 = 1, for image i of class k

where e_i are the corners of a simplex of n_k points, in dimensions of its class' own. So m_k is the class mean, and
with A_k = m_k^2::

    cosine of two classes' images   m_k . m_l
    inside a class                  w_k = A_k - (1 - A_k)/(n_k - 1)
    spread of a class               1 - w_k = (1 - A_k) n_k/(n_k - 1)

This holds in every scheme of pairs, and is no approximation; the numbers to be found are C (C + 1) instead of B^2. As
anchors of a class are alike, one of each is enough. Its candidates go to the terms of the loss that training minimizes.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from spreadtune.objectives.candidates import Candidates, Pairs
from spreadtune.objectives.ccinfonce import class_conditional_infonce
from spreadtune.objectives.free_minimum import simplex, whole_counts
from spreadtune.objectives.lbfgs import minimized
from spreadtune.objectives.supcon import Denominator, supcon
from spreadtune.objectives.unit_rows import unit_rows
from spreadtune.theory import Scheme

TILT = 1e-3
"""By how much the start is less symmetric than half-open classes on a simplex, so that a saddle point is left."""


def free_embedding_curve(
    alphas: Sequence[float],
    class_counts: Sequence[float],
    temperature: float,
    *,
    pairs: Pairs = "cross_view",
    denominator: Denominator = "negatives",
    views: int = 2,
    seed: int = 0,
    **options: Any,
) -> list[float]:
    """The spread at each alpha where :func:`~spreadtune.objectives.free_minimum.free_embeddings` minimize the loss.

    The mean over classes of 1 - w_k, as ``spread`` is measured; classes of one image are left out of it. For pairs
    ``cross_view`` and denominator ``negatives`` it is :func:`spreadtune.theory.predicted_spread`, to about 3e-4;
    other schemes have no formula. Every alpha starts from half-open classes, so none depends on others. A second for 20
    alphas and 500 images of equal classes, some seconds for 20 unequal ones.

    Args:
        alphas: weights of the class-conditional term, in [0, 1].
        class_counts: images of each class in a batch, rounded.
        temperature: tau > 0 of both terms.
        pairs: who is compared with whom.
        denominator: what a positive of the supervised term competes with.
        views: V >= 2, tied; of no influence with pairs ``cross_view``.
        seed: of the tilt at the start, and of the push.
        options: further keyword arguments of :func:`~spreadtune.objectives.supcon.supcon`; the supervised term has to
            stay convex in the cosines.

    Raises:
        ValueError: below two classes, no class of two images, or an unknown scheme.

    Examples:
        >>> curve = free_embedding_curve([0.5, 0.569, 0.705], [64, 64], 0.5)
        >>> [round(spread, 2) for spread in curve]
        [0.0, 0.12, 1.02]
        >>> [round(spread, 2) for spread in free_embedding_curve([0.5, 0.65], [64, 64], 0.5, pairs="all")]
        [0.0, 0.41]
    """
    scheme = Scheme(temperature, pairs, denominator, views)
    counts = torch.tensor(whole_counts(class_counts))
    if counts.max() < 2:
        raise ValueError("class_counts: one image of a class cannot spread, and no class has more")
    loss = loss_of_means(counts, scheme, **options)

    def spread_at(alpha: float) -> float:
        noise = torch.Generator().manual_seed(seed)
        start = _half_open(len(counts))
        start += TILT * torch.randn(start.shape, dtype=start.dtype, generator=noise)
        return _mean_spread(unit_rows(minimized(lambda rows: loss(rows, alpha), start, noise)), counts)

    with _one_thread():
        return [spread_at(float(alpha)) for alpha in alphas]


def loss_of_means(counts: Tensor, scheme: Scheme, **options: Any) -> Callable[[Tensor, float], Tensor]:
    """The spread loss at alpha as a function of rows (m_k, b_k) of any length, (classes, classes + 1).

    The first image of each class is the anchor of its class, and weighs as much as the class has images.

    Args:
        counts: images of each class, int, (classes,).
        scheme: temperature, pairs, denominator and views.
        options: further keyword arguments of :func:`~spreadtune.objectives.supcon.supcon`.
    """
    classes = torch.arange(len(counts))
    anchors = counts.cumsum(0) - counts
    images = torch.arange(int(counts.sum())).repeat(scheme.copies)  # of each candidate
    labels = torch.repeat_interleave(classes, counts)[images]
    same_class = labels == classes[:, None]
    same_image = images == anchors[:, None]
    candidate = torch.ones_like(same_class)
    if scheme.pairs == "all":
        candidate[classes, anchors] = False  # the anchor itself, in its own view
    positives, negatives, counterparts = same_class & candidate, ~same_class, same_image & candidate

    def of_anchor(similarities: Tensor, P: Tensor, N: Tensor, U: Tensor) -> tuple[Tensor, Tensor]:
        candidates = Candidates(similarities[None, None], P[None], N[None], U[None])
        return supcon(candidates, scheme.denominator, **options), class_conditional_infonce(candidates)

    def loss(rows: Tensor, alpha: float) -> Tensor:
        means = unit_rows(rows)[:, :-1]
        A = means.square().sum(dim=-1)
        w = A - (1 - A) / (counts - 1).clamp(min=1)  # no pair has the w of a single image
        cosines = torch.where(same_class, w[:, None], (means @ means.mT)[:, labels])
        similarities = torch.where(same_image, 1.0, cosines) / scheme.temperature
        supcons, ccinfonces = torch.vmap(of_anchor)(similarities, positives, negatives, counterparts)
        of_classes = (1 - alpha) * supcons + alpha * ccinfonces
        return (of_classes * counts).sum() / counts.sum()

    return loss


def _half_open(classes: int) -> Tensor:
    """Rows (m_k, b_k) with means on a simplex and A_k = 1/2, once they are of length one, (classes, classes + 1)."""
    return torch.cat([simplex(classes), torch.ones(classes, 1, dtype=torch.float64)], dim=1)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Matrices are so small that threads wait for one another: ten times slower on a busy machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _mean_spread(rows: Tensor, counts: Tensor) -> float:
    """The mean of b_k^2 n_k/(n_k - 1) over classes of two images or more; b_k^2 is 1 - A_k without its rounding."""
    several = counts > 1
    return float((rows[:, -1].square() * counts / (counts - 1))[several].mean())
