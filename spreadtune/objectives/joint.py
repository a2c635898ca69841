"""SupCon and InfoNCE side by side: what else keeps classes from collapsing."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from spreadtune.objectives.candidates import Pairs
from spreadtune.objectives.infonce import infonce_loss
from spreadtune.objectives.objective import Batch, Objective
from spreadtune.objectives.supcon import Denominator, supcon_loss

if TYPE_CHECKING:
    from spreadtune.spec.objective import JointObjective as JointConfig


class JointObjective(Objective):
    """Two terms, ``supcon`` and ``infonce``, weighted 1 - beta and beta.

    ::

        (1 - beta) supcon + beta infonce

    of :func:`~spreadtune.objectives.supcon.supcon_loss` and :func:`~spreadtune.objectives.infonce.infonce_loss`, at one
    temperature. InfoNCE pushes every image from every other, class-conditional InfoNCE those of its class alone. Islam
    et al. 2021, arXiv 2103.13517; Xue et al. 2023, arXiv 2305.16536, who show that it avoids class collapse.

    Args:
        infonce_weight: beta, in [0, 1].
        temperature: tau > 0 of both terms.
        pairs, denominator: of the supervised term; InfoNCE compares all views.

    Examples:
        >>> z, pixels = torch.eye(2).expand(2, 2, 2), torch.zeros(2, 2, 1, 8, 8)
        >>> objective = JointObjective(infonce_weight=0.25, temperature=0.5)
        >>> terms = objective(Batch(z, z, torch.tensor([0, 1]), pixels, pixels))
        >>> {name: round(term.item(), 4) for name, term in terms.items()}
        {'supcon': 0.1269, 'infonce': 0.2395}
        >>> round(objective.total(terms).item(), 4)
        0.1551
    """

    temperature: Tensor

    def __init__(
        self,
        *,
        infonce_weight: float,
        temperature: float,
        pairs: Pairs = "cross_view",
        denominator: Denominator = "negatives",
    ) -> None:
        super().__init__({"supcon": 1 - infonce_weight, "infonce": infonce_weight})
        self.register_buffer("temperature", torch.tensor(temperature), persistent=False)
        self.pairs = pairs
        self.denominator = denominator

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        supcon = supcon_loss(
            batch.embeddings,
            batch.classes,
            temperature=self.temperature,
            pairs=self.pairs,
            denominator=self.denominator,
        )
        return {"supcon": supcon, "infonce": infonce_loss(batch.embeddings, temperature=self.temperature)}


def build(config: "JointConfig", embedding_dim: int, class_count: int) -> JointObjective:
    """The objective of a study file's ``{name: joint}``; it needs neither width nor number of classes."""
    return JointObjective(
        infonce_weight=config.infonce_weight,
        temperature=config.temperature,
        pairs=config.pairs,
        denominator=config.denominator,
    )
