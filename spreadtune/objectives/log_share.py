"""The steps from similarities to a loss: shares of a softmax, averaged over sets and anchors."""

import torch
from torch import Tensor


def masked_logsumexp(similarities: Tensor, mask: Tensor) -> Tensor:
    """log sum_{j in mask(i)} e^{s_ij}; minus infinity, with zero gradient, where the set is empty.

    Args:
        similarities: (comparisons, anchors, candidates).
        mask: bool, (anchors, candidates).

    Returns:
        (comparisons, anchors)
    """
    return similarities.masked_fill(~mask, -torch.inf).logsumexp(dim=-1)


def mean_negative_log_share(similarities: Tensor, chosen: Tensor, among: Tensor) -> Tensor:
    """mean_i mean_{j in chosen(i)} -log [ e^{s_ij} / sum_{a in among(i)} e^{s_ia} ].

    Args:
        similarities: (comparisons, anchors, candidates).
        chosen: bool, not empty for any anchor, (anchors, candidates).
        among: bool, a superset of ``chosen``, (anchors, candidates).
    """
    log_total = masked_logsumexp(similarities, among)
    return mean_over(chosen, log_total[..., None] - similarities)


def mean_over(chosen: Tensor, values: Tensor) -> Tensor:
    """mean_i mean_{j in chosen(i)} v_ij, the mean over anchors of each one's own mean; 0 for an empty batch.

    Args:
        chosen: bool, not empty for any anchor, (anchors, candidates).
        values: finite, (comparisons, anchors, candidates).
    """
    of_anchor = torch.where(chosen, values, 0.0).sum(dim=-1) / chosen.sum(dim=-1)
    return of_anchor.sum() / max(of_anchor.numel(), 1)
