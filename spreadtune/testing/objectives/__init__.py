"""The contract of objectives: their terms, their gradients, and workers that share a batch."""

from spreadtune.testing.objectives.gradients import GradientClaims
from spreadtune.testing.objectives.terms import TermClaims
from spreadtune.testing.objectives.workers import WorkerClaims

__all__ = ["ObjectiveContract"]


class ObjectiveContract(TermClaims, GradientClaims, WorkerClaims):
    """What every ``objective`` has to keep, whoever wrote it.

    Attributes:
        embedding_dim: width of h.
        views: how many views of each image it takes; it is tried with each of these numbers.
        takes_heads: whether there may be a head, behind which embeddings have a width of their own.
        stops_gradients: whether it holds something constant on purpose, as a target that is detached. Then its gradient
            is not the derivative of its value.
    """
