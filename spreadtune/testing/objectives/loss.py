"""What an objective makes of a batch: its terms, their sum and the gradients of the sum."""

from dataclasses import dataclass

import torch
from torch import Tensor

from spreadtune.objectives import Batch, Objective
from spreadtune.testing.contract import seeded
from spreadtune.testing.objectives.batches import with_rows


@dataclass(frozen=True)
class Loss:
    """Numbers without a graph.

    Attributes:
        terms: unweighted, by name.
        total: their weighted sum.
        gradients: of the total at ``features``, at ``embeddings`` where there is a head, and at the objective's own
            parameters, by name.
    """

    terms: dict[str, Tensor]
    total: Tensor
    gradients: dict[str, Tensor]


def loss_of(objective: Objective, batch: Batch) -> Loss:
    """One step of an objective, under a fixed seed."""
    batch = with_leaves(batch)
    with seeded(1):
        terms = objective(batch)
    total = objective.total(terms)
    trained = {name: value for name, value in objective.named_parameters() if value.requires_grad}
    leaves = rows_of(batch) | trained
    found = torch.autograd.grad(total, list(leaves.values()), materialize_grads=True)
    return Loss(
        terms={name: term.detach() for name, term in terms.items()},
        total=total.detach(),
        gradients=dict(zip(leaves, found, strict=True)),
    )


def with_leaves(batch: Batch) -> Batch:
    """The batch, of whose rows gradients can be taken."""
    features = batch.features.detach().clone().requires_grad_()
    if batch.embeddings is batch.features:
        return with_rows(batch, features)
    return with_rows(batch, features, batch.embeddings.detach().clone().requires_grad_())


def rows_of(batch: Batch) -> dict[str, Tensor]:
    """What the network gave: features, and embeddings where there is a head."""
    if batch.embeddings is batch.features:
        return {"features": batch.features}
    return {"features": batch.features, "embeddings": batch.embeddings}
