"""The class-conditional InfoNCE loss."""

from torch import Tensor

from spreadtune.objectives.candidates import Candidates, Pairs, find_candidates
from spreadtune.objectives.log_share import mean_negative_log_share


def class_conditional_infonce_loss(
    embeddings: Tensor, labels: Tensor, *, temperature: float | Tensor, pairs: Pairs = "cross_view"
) -> Tensor:
    """Tell images of one class apart: InfoNCE inside every class.

    With z the normalized embeddings and s_ij = z_i . z_j / temperature, averaged over anchors i::

        mean_{u in U(i)} -log e^{s_iu} / sum_{p in P(i)} e^{s_ip}

    where U(i) are the other views of the anchor's image and P(i), U(i) among them, the candidates of its
    class. A class of n images that is collapsed to a point pays log n (``cross_view``) or log(V n - 1) (``all``).
    Chen et al. 2022, arXiv 2204.07596.

    Args:
        embeddings: V >= 2 views of B images, of any length (they are normalized here), (views, batch, dim).
        labels: class of each image, (batch,).
        temperature: tau > 0, a float or a 0-d tensor.
        pairs: who is compared with whom, see :func:`~spreadtune.objectives.candidates.find_candidates`.

    Returns:
        The loss in nats, 0-d, float32 or float64; 0 for a batch of no image.

    Raises:
        ValueError: a shape does not fit, or ``pairs`` is unknown.

    Examples:
        Three images of one class on one point pay ln 3; spread out over two axes less.

        >>> import torch
        >>> one_class = torch.tensor([0, 0, 0])
        >>> collapsed = torch.ones(2, 3, 2)
        >>> round(class_conditional_infonce_loss(collapsed, one_class, temperature=0.5).item(), 4)
        1.0986
        >>> spread = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]).expand(2, 3, 2)
        >>> round(class_conditional_infonce_loss(spread, one_class, temperature=0.5).item(), 4)
        0.1751
    """
    return class_conditional_infonce(find_candidates(embeddings, labels, temperature=temperature, pairs=pairs))


def class_conditional_infonce(candidates: Candidates) -> Tensor:
    """The loss of :func:`class_conditional_infonce_loss` from similarities."""
    return mean_negative_log_share(candidates.similarities, candidates.counterparts, among=candidates.positives)
