"""Softmax regression on the class: the baseline without contrast."""

from typing import TYPE_CHECKING

import torch.nn.functional as F
from torch import Tensor, nn

from spreadtune.objectives.objective import Batch, Objective
from spreadtune.objectives.precision import at_least_float32

if TYPE_CHECKING:
    from spreadtune.spec.objective import CrossEntropyObjective as CrossEntropyConfig


class CrossEntropyObjective(Objective):
    """One term, ``cross_entropy``: mean over views and images of -log softmax(W h + b)[class].

    h are the features, before any head and not normalized; W and b are learned with the encoder.

    Examples:
        Where W and b are zero every class is as likely, and the term is the log of their number.

        >>> import torch
        >>> objective = CrossEntropyObjective(embedding_dim=4, class_count=3)
        >>> for parameter in objective.parameters():
        ...     _ = nn.init.zeros_(parameter)
        >>> h, pixels = torch.ones(2, 5, 4), torch.zeros(2, 5, 1, 8, 8)
        >>> terms = objective(Batch(h, h, torch.tensor([0, 1, 2, 0, 1]), pixels, pixels))
        >>> round(terms["cross_entropy"].item(), 4)
        1.0986
    """

    def __init__(self, embedding_dim: int, class_count: int) -> None:
        super().__init__({"cross_entropy": 1.0})
        self.classifier = nn.Linear(embedding_dim, class_count)

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        logits = at_least_float32(self.classifier(batch.features))
        classes = batch.classes.expand(logits.shape[:-1])
        return {"cross_entropy": F.cross_entropy(logits.flatten(0, 1), classes.flatten())}


def build(config: "CrossEntropyConfig", embedding_dim: int, class_count: int) -> CrossEntropyObjective:
    """The objective of a study file's ``{name: cross_entropy}``, which has no values of its own."""
    return CrossEntropyObjective(embedding_dim, class_count)
