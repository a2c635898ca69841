"""The supervised contrastive loss."""

from typing import Literal

import torch.nn.functional as F
from torch import Tensor

from spreadtune.objectives.candidates import Candidates, Pairs, find_candidates
from spreadtune.objectives.log_share import masked_logsumexp, mean_negative_log_share, mean_over

Denominator = Literal["negatives", "all"]


def supcon_loss(
    embeddings: Tensor,
    labels: Tensor,
    *,
    temperature: float | Tensor,
    pairs: Pairs = "cross_view",
    denominator: Denominator = "negatives",
    positive_logit_clamp: float | None = None,
) -> Tensor:
    """Pull images of a class together, push classes apart.

    With z the normalized embeddings and s_ij = z_i . z_j / temperature, averaged over anchors i::

        negatives:  mean_{p in P(i)} -log e^{s_ip} / ( e^{s_ip} + sum_{n in N(i)} e^{s_in} )
        all:        mean_{p in P(i)} -log e^{s_ip} / sum_{a in P(i) or N(i)} e^{s_ia}

    where P(i) are the candidates of the anchor's class and N(i) those of other classes. ``negatives`` is the
    form of Chen et al. 2022, arXiv 2204.07596; ``all`` with ``pairs="all"`` is L_out of Khosla et al. 2020,
    arXiv 2004.11362, equation 2, without its factor temperature / base_temperature.

    With ``positive_logit_clamp`` c the numerator is e^{min(s_ip, c)}, the denominator as it was: a positive closer than
    c is pulled no more, and pushed off by its own place in the denominator. Classes then spread without the
    class-conditional term, and the thresholds of :mod:`spreadtune.theory` do not hold. The code published with Chen et
    al. does so at its defaults, c = 1 at temperature 0.5; the paper's formula does not.

    Args:
        embeddings: V >= 2 views of B images, of any length (they are normalized here), (views, batch, dim).
        labels: class of each image, (batch,).
        temperature: tau > 0, a float or a 0-d tensor.
        pairs: who is compared with whom, see :func:`~spreadtune.objectives.candidates.find_candidates`.
        denominator: what a positive competes with.
        positive_logit_clamp: c, or None for the loss as it is published.

    Returns:
        The loss in nats, 0-d, float32 or float64; 0 for a batch of one class (``negatives``) or of no image.

    Raises:
        ValueError: a shape does not fit, or ``pairs`` or ``denominator`` is unknown.

    Examples:
        Two images at a right angle, both views alike. Of one class each they are apart, ln(1 + e^-2); of one class
        together there is nothing to be told apart.

        >>> import torch
        >>> embeddings = torch.tensor([[1.0, 0.0], [0.0, 1.0]]).expand(2, 2, 2)
        >>> round(supcon_loss(embeddings, torch.tensor([0, 1]), temperature=0.5).item(), 4)
        0.1269
        >>> supcon_loss(embeddings, torch.tensor([0, 0]), temperature=0.5).item()
        0.0
        >>> khosla = {"pairs": "all", "denominator": "all"}
        >>> round(supcon_loss(embeddings, torch.tensor([0, 1]), temperature=0.5, **khosla).item(), 4)
        0.2395
    """
    candidates = find_candidates(embeddings, labels, temperature=temperature, pairs=pairs)
    return supcon(candidates, denominator, positive_logit_clamp)


def supcon(candidates: Candidates, denominator: Denominator, positive_logit_clamp: float | None = None) -> Tensor:
    """The loss of :func:`supcon_loss` from similarities, which another term may need too."""
    loss = _supcon(candidates, denominator)
    if positive_logit_clamp is None:
        return loss
    # -min(s, c) is -s and what s has above c.
    return loss + mean_over(candidates.positives, F.relu(candidates.similarities - positive_logit_clamp))


def _supcon(candidates: Candidates, denominator: Denominator) -> Tensor:
    s, P, N = candidates.similarities, candidates.positives, candidates.negatives
    if denominator == "negatives":
        # e^{s_p} / (e^{s_p} + sum_N e^{s_n}) is the logistic function of s_p - log sum_N e^{s_n}.
        return mean_over(P, -F.logsigmoid(s - masked_logsumexp(s, N)[..., None]))
    if denominator == "all":
        return mean_negative_log_share(s, chosen=P, among=P | N)
    raise ValueError(f"denominator must be 'negatives' or 'all', got {denominator!r}")
