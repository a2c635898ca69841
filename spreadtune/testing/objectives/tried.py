"""An objective under test: how it is built, and the batches it is tried on."""

from collections.abc import Iterator, Sequence

from spreadtune.objectives import Batch, Objective
from spreadtune.spec.objective import OBJECTIVES
from spreadtune.testing.contract import Contract
from spreadtune.testing.objectives.batches import CLASS_COUNT, batch_of
from spreadtune.testing.objectives.loss import Loss, loss_of


class TriedObjective(Contract):
    """See :class:`~spreadtune.testing.ObjectiveContract`."""

    family = OBJECTIVES
    embedding_dim: int = 8
    views: Sequence[int] = (2, 3)
    takes_heads: bool = True
    stops_gradients: bool = False

    def build(self) -> Objective:
        """A new objective of three classes; what ``part`` names, unless it is overridden."""
        objective = OBJECTIVES.build(self.config, self.embedding_dim, CLASS_COUNT)
        if not isinstance(objective, Objective):
            self.fail(f"is built as {type(objective).__name__}, which is no spreadtune.objectives.Objective")
        return objective

    def batches(self) -> Iterator[Batch]:
        """Every number of views, without a head and, where it takes one, with a head."""
        for views in self.views:
            for head in (False, True)[: 1 + self.takes_heads]:
                yield batch_of(views, self.embedding_dim, head=head)

    def objective(self, seed: int = 0) -> Objective:
        """A new one, so that nothing is left of another batch."""
        objective: Objective = self.built(self.build, seed)
        return objective

    def loss(self, batch: Batch) -> Loss:
        """What a new one makes of the batch."""
        return loss_of(self.objective(), batch)
