"""The forward pass of a step: from the views of a worker's images to the terms of the whole batch."""

from torch import Tensor, nn

from spreadtune.data.views import Views
from spreadtune.objectives.objective import Batch
from spreadtune.training.model import Model, gradient_norms
from spreadtune.training.precision import Precision
from spreadtune.training.workers import Workers


class Step(nn.Module):
    """Encoder, head and objective as one module, which workers train in parallel.

    Args:
        model: what is trained.
        precision: of its networks.
        workers: who sees which images.
    """

    def __init__(self, model: Model, precision: Precision, workers: Workers) -> None:
        super().__init__()
        self.model = model
        self.precision = precision
        self.workers = workers

    def forward(
        self, views: Views, classes: Tensor, *, measured: bool = False
    ) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """The objective's unweighted terms, and where ``measured`` each one's :func:`gradient_norms` at the features.

        The norms are taken here since no features leave: what a module hands out under ``DistributedDataParallel`` is a
        copy, which the terms do not depend on.

        Args:
            views: V views of this worker's part of the batch.
            classes: (B,), of the whole batch.
            measured: whether the norms are wanted.
        """
        workers, total = self.workers, len(classes)
        features, embeddings = self.model.represent(views, self.precision)
        whole = workers.whole(features, total, dim=1)
        batch = Batch(
            features=whole,
            embeddings=whole if embeddings is features else workers.whole(embeddings, total, dim=1),
            classes=classes,
            inputs=views.inputs,
            targets=views.targets,
            part=workers.part(total),
            workers=workers.count,
        )
        terms: dict[str, Tensor] = self.model.objective(batch)
        return terms, gradient_norms(terms, features, workers) if measured else {}
