"""What every anchor of a contrastive loss is compared with, and how similar they are."""

from dataclasses import dataclass
from itertools import permutations
from typing import Literal

import torch
from torch import Tensor

from spreadtune.objectives.precision import at_least_float32
from spreadtune.objectives.unit_rows import unit_rows

Pairs = Literal["cross_view", "all"]


@dataclass(frozen=True)
class Candidates:
    """The similarities s_ij of anchors i to candidates j, and the sets that the losses are made of.

    Every candidate but the anchor itself is either a positive or a negative. Counterparts are positives too.
    As there are two views or more, no anchor is without a counterpart; a batch of one class has no negatives.

    Attributes:
        similarities: s_ij = z_i . z_j / temperature, float32 or float64, (comparisons, anchors, candidates).
        positives: P(i), the candidates of the anchor's class, bool, (anchors, candidates).
        negatives: N(i), the candidates of another class, bool, (anchors, candidates).
        counterparts: U(i), the other views of the anchor's image, bool, (anchors, candidates).
    """

    similarities: Tensor
    positives: Tensor
    negatives: Tensor
    counterparts: Tensor


def find_candidates(
    embeddings: Tensor, labels: Tensor, *, temperature: float | Tensor, pairs: Pairs = "cross_view"
) -> Candidates:
    """Compare the images of a batch, class by class and view by view.

    - ``cross_view``: anchors of one view, candidates are all images of one other view, the anchor's own
      counterpart included; one comparison for each of the V (V - 1) ordered pairs of views, B anchors and B
      candidates.
    - ``all``: the views are pooled and every other row is a candidate; one comparison, V B anchors and
      candidates.

    Args:
        embeddings: V >= 2 views of B images, of any length (they are normalized here), (views, batch, dim).
        labels: class of each image, (batch,).
        temperature: tau > 0, a float or a 0-d tensor.
        pairs: the scheme.

    Raises:
        ValueError: a shape does not fit, or the scheme is unknown.
    """
    check_embeddings(embeddings)
    views, batch, _ = embeddings.shape
    if labels.shape != (batch,):
        raise ValueError(f"labels must be ({batch},), one for each image, got shape {tuple(labels.shape)}")
    z = unit_rows(at_least_float32(embeddings))
    same_class = labels[:, None] == labels[None, :]
    same_image = torch.eye(batch, dtype=torch.bool, device=embeddings.device)
    if pairs == "cross_view":
        anchor_views, candidate_views = zip(*permutations(z.unbind(), 2), strict=True)
        return Candidates(
            similarities=_inner_products(torch.stack(anchor_views), torch.stack(candidate_views)) / temperature,
            positives=same_class,
            negatives=~same_class,
            counterparts=same_image,
        )
    if pairs == "all":
        rows = z.flatten(0, 1)[None]
        another_row = ~torch.eye(views * batch, dtype=torch.bool, device=embeddings.device)
        return Candidates(
            similarities=_inner_products(rows, rows) / temperature,
            positives=same_class.repeat(views, views) & another_row,
            negatives=~same_class.repeat(views, views),
            counterparts=same_image.repeat(views, views) & another_row,
        )
    raise ValueError(f"pairs must be 'cross_view' or 'all', got {pairs!r}")


def _inner_products(anchors: Tensor, candidates: Tensor) -> Tensor:
    """Anchor times candidate, in the type of the rows even where autocast would multiply in bfloat16.

    At temperature 0.01 the rounding of a bfloat16 cosine, 2^-9, is 0.2 in the exponent.
    """
    with torch.autocast(anchors.device.type, enabled=False):
        return anchors @ candidates.mT


def check_embeddings(embeddings: Tensor) -> None:
    """Raise ValueError unless embeddings are (views, batch, dim) with two views or more."""
    if embeddings.ndim != 3:
        raise ValueError(f"embeddings must be (views, batch, dim), got shape {tuple(embeddings.shape)}")
    if embeddings.shape[0] < 2:
        raise ValueError(f"embeddings must hold two views or more, got shape {tuple(embeddings.shape)}")
