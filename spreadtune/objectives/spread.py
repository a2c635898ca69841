"""The spread loss: supervised contrast, and class-conditional InfoNCE against the collapse it brings."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from spreadtune.objectives.candidates import Pairs, find_candidates
from spreadtune.objectives.ccinfonce import class_conditional_infonce
from spreadtune.objectives.objective import Batch, Objective
from spreadtune.objectives.supcon import Denominator, supcon

if TYPE_CHECKING:
    from spreadtune.spec.objective import SpreadObjective as SpreadConfig


def spread_loss(
    embeddings: Tensor,
    labels: Tensor,
    *,
    alpha: float | Tensor,
    temperature: float | Tensor,
    pairs: Pairs = "cross_view",
    denominator: Denominator = "negatives",
    positive_logit_clamp: float | None = None,
) -> Tensor:
    """Classes apart, and images of a class spread as far as alpha says.

    ::

        (1 - alpha) supcon + alpha ccinfonce

    of :func:`~spreadtune.objectives.supcon.supcon_loss` and
    :func:`~spreadtune.objectives.ccinfonce.class_conditional_infonce_loss`; Chen et al. 2022, arXiv
    2204.07596. :mod:`spreadtune.theory` tells which alpha spreads a class how far.

    Args:
        embeddings: V >= 2 views of B images, of any length (they are normalized here), (views, batch, dim).
        labels: class of each image, (batch,).
        alpha: weight of the class-conditional term, in [0, 1], a float or a 0-d tensor.
        temperature: tau > 0 of both terms, a float or a 0-d tensor.
        pairs: who is compared with whom, see :func:`~spreadtune.objectives.candidates.find_candidates`.
        denominator: what a positive of the supervised term competes with.
        positive_logit_clamp: of the supervised term, see :func:`~spreadtune.objectives.supcon.supcon_loss`.

    Returns:
        The loss in nats, 0-d, float32 or float64; 0 for a batch of no image.

    Raises:
        ValueError: a shape does not fit, or ``pairs`` or ``denominator`` is unknown.

    Examples:
        Four images of two classes, each class on a point of its own: SupCon alone is content, InfoNCE inside the
        classes pays ln 2 for it.

        >>> import torch
        >>> labels = torch.tensor([0, 0, 1, 1])
        >>> collapsed = torch.tensor([[1.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [-1.0, 0.0]]).expand(2, 4, 2)
        >>> for alpha in (0.0, 0.5, 1.0):
        ...     print(alpha, round(spread_loss(collapsed, labels, alpha=alpha, temperature=0.5).item(), 4))
        0.0 0.036
        0.5 0.3646
        1.0 0.6931
    """
    terms = spread_terms(
        embeddings,
        labels,
        temperature=temperature,
        pairs=pairs,
        denominator=denominator,
        positive_logit_clamp=positive_logit_clamp,
    )
    return (1 - alpha) * terms["supcon"] + alpha * terms["ccinfonce"]


def spread_terms(
    embeddings: Tensor,
    labels: Tensor,
    *,
    temperature: float | Tensor,
    pairs: Pairs = "cross_view",
    denominator: Denominator = "negatives",
    positive_logit_clamp: float | None = None,
) -> dict[str, Tensor]:
    """Both terms of :func:`spread_loss`, unweighted, from one matrix of similarities."""
    candidates = find_candidates(embeddings, labels, temperature=temperature, pairs=pairs)
    supervised = supcon(candidates, denominator, positive_logit_clamp)
    return {"supcon": supervised, "ccinfonce": class_conditional_infonce(candidates)}


class SpreadObjective(Objective):
    """Two terms, ``supcon`` and ``ccinfonce``, weighted (1 - alpha) and alpha; see :func:`spread_loss`.

    Examples:
        >>> z, pixels = torch.ones(2, 3, 4), torch.zeros(2, 3, 1, 8, 8)
        >>> objective = SpreadObjective(alpha=0.25, temperature=0.5)
        >>> terms = objective(Batch(z, z, torch.tensor([0, 0, 1]), pixels, pixels))
        >>> sorted(terms) == sorted(objective.weights) == ["ccinfonce", "supcon"]
        True
        >>> total = 0.75 * terms["supcon"] + 0.25 * terms["ccinfonce"]
        >>> bool(torch.isclose(objective.total(terms), total))
        True
    """

    temperature: Tensor

    def __init__(
        self,
        *,
        alpha: float,
        temperature: float,
        pairs: Pairs = "cross_view",
        denominator: Denominator = "negatives",
        positive_logit_clamp: float | None = None,
    ) -> None:
        super().__init__({"supcon": 1 - alpha, "ccinfonce": alpha})
        self.register_buffer("temperature", torch.tensor(temperature), persistent=False)
        self.pairs = pairs
        self.denominator = denominator
        self.positive_logit_clamp = positive_logit_clamp

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        return spread_terms(
            batch.embeddings,
            batch.classes,
            temperature=self.temperature,
            pairs=self.pairs,
            denominator=self.denominator,
            positive_logit_clamp=self.positive_logit_clamp,
        )


def build(config: "SpreadConfig", embedding_dim: int, class_count: int) -> SpreadObjective:
    """The objective of a study file's ``spread`` or ``supcon_khosla``; neither needs width or number of classes."""
    return SpreadObjective(
        alpha=config.alpha,
        temperature=config.temperature,
        pairs=config.pairs,
        denominator=config.denominator,
        positive_logit_clamp=config.positive_logit_clamp,
    )
