"""InfoNCE over all views, blind to classes."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from spreadtune.objectives.candidates import check_embeddings, find_candidates
from spreadtune.objectives.log_share import mean_negative_log_share
from spreadtune.objectives.objective import Batch, Objective

if TYPE_CHECKING:
    from spreadtune.spec.objective import InfoNCEObjective as InfoNCEConfig


def infonce_loss(embeddings: Tensor, *, temperature: float | Tensor) -> Tensor:
    """Tell every image from every other (NT-Xent of SimCLR).

    With z the normalized embeddings and s_ij = z_i . z_j / temperature, averaged over all V B rows i::

        mean_{u in U(i)} -log e^{s_iu} / sum_{a != i} e^{s_ia}

    where U(i) are the other views of the row's image. Chen et al. 2020, arXiv 2002.05709, equation 1, with
    the mean over U(i) for more than two views.

    Args:
        embeddings: V >= 2 views of B images, of any length (they are normalized here), (views, batch, dim).
        temperature: tau > 0, a float or a 0-d tensor.

    Returns:
        The loss in nats, 0-d, float32 or float64; 0 for a batch of no image.

    Raises:
        ValueError: embeddings are not (views, batch, dim) with two views or more.

    Examples:
        Two images at a right angle, both views alike: -ln(e^2 / (e^2 + 2)).

        >>> import torch
        >>> embeddings = torch.tensor([[1.0, 0.0], [0.0, 1.0]]).expand(2, 2, 2)
        >>> round(infonce_loss(embeddings, temperature=0.5).item(), 4)
        0.2395
    """
    check_embeddings(embeddings)
    each_its_own_class = torch.arange(embeddings.shape[1], device=embeddings.device)
    candidates = find_candidates(embeddings, each_its_own_class, temperature=temperature, pairs="all")
    every_other_row = candidates.positives | candidates.negatives
    return mean_negative_log_share(candidates.similarities, candidates.counterparts, among=every_other_row)


class InfoNCEObjective(Objective):
    """One term, ``infonce``; see :func:`infonce_loss`.

    Examples:
        >>> import torch
        >>> from spreadtune.objectives import Batch
        >>> z, pixels = torch.eye(2).expand(2, 2, 2), torch.zeros(2, 2, 1, 8, 8)
        >>> objective = InfoNCEObjective(temperature=0.5)
        >>> terms = objective(Batch(z, z, torch.tensor([0, 0]), pixels, pixels))
        >>> {name: round(term.item(), 4) for name, term in terms.items()}
        {'infonce': 0.2395}
    """

    uses_labels = False
    temperature: Tensor

    def __init__(self, temperature: float) -> None:
        super().__init__({"infonce": 1.0})
        self.register_buffer("temperature", torch.tensor(temperature), persistent=False)

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        return {"infonce": infonce_loss(batch.embeddings, temperature=self.temperature)}


def build(config: "InfoNCEConfig", embedding_dim: int, class_count: int) -> InfoNCEObjective:
    """The objective of a study file's ``{name: infonce}``; it needs neither width nor classes."""
    return InfoNCEObjective(config.temperature)
