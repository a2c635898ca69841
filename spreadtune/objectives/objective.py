"""What training minimizes: named terms, and the weights that make them one loss."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Tensor, nn

from spreadtune.errors import UserError


@dataclass(frozen=True)
class Batch:
    """What an objective may look at: V views of B images and what the model made of them.

    With several workers each sees the features of all images and the pixels of its own. What is minimized is the mean
    of the workers' terms: a term over all images needs nothing more, one over a worker's own images is multiplied by
    :attr:`own_weight`.

    Attributes:
        features: h, the encoder's output, (views, batch, features).
        embeddings: the head's output, h itself without a head, not yet normalized, (views, batch, dim).
        classes: class of each image, int64, (batch,).
        inputs: the views as the encoder saw them, float, (views, own, channels, height, width), of the worker's own
            images, which with one worker are all.
        targets: the same views uncorrupted, pixels in [0, 1], (views, own, channels, height, width).
        part: where the worker's own images stand in the batch.
        workers: how many workers share the batch.

    Examples:
        The second of two workers, which has the pixels of the last two images of three.

        >>> h, pixels = torch.ones(2, 3, 4), torch.zeros(2, 2, 1, 8, 8)
        >>> batch = Batch(h, h, torch.tensor([0, 1, 1]), pixels, pixels, part=slice(1, 3), workers=2)
        >>> batch.features[:, batch.part].shape[:2] == batch.targets.shape[:2]
        True
        >>> round(batch.own_weight, 4)  # 2 workers, 2 of 3 images
        1.3333
    """

    features: Tensor
    embeddings: Tensor
    classes: Tensor
    inputs: Tensor
    targets: Tensor
    part: slice = field(default_factory=lambda: slice(None))
    workers: int = 1

    @property
    def own_weight(self) -> float:
        """What a mean over the worker's own images counts for, so that the mean over workers is one over all images."""
        return self.workers * self.targets.shape[1] / len(self.classes)


class Objective(nn.Module, ABC):
    """A sum of weighted terms; ``forward`` gives the terms, ``total`` their sum.

    Weights are buffers, not Python numbers: a compiled graph then serves every trial of a shape, whatever its
    weights. They come from the trial's specification, so no checkpoint holds them.

    Args:
        weights: the weight of each term that ``forward`` gives, by name.

    Attributes:
        uses_labels: whether ``forward`` looks at the batch's classes. A ceiling is trained with the subclasses as
            classes, by SupCon where the objective would not see them.

    Examples:
        >>> class Lengths(Objective):
        ...     uses_labels = False
        ...
        ...     def __init__(self, embedding_dim, class_count, *, weight=0.5):
        ...         super().__init__({"length": weight})
        ...
        ...     def forward(self, batch):
        ...         return {"length": batch.embeddings.square().sum(-1).mean()}
        >>> objective = Lengths(4, 3, weight=0.5)
        >>> h, pixels = torch.ones(2, 5, 4), torch.zeros(2, 5, 1, 8, 8)
        >>> terms = objective(Batch(h, h, torch.tensor([0, 1, 2, 0, 1]), pixels, pixels))
        >>> terms["length"].item(), objective.total(terms).item()
        (4.0, 2.0)
    """

    uses_labels: ClassVar[bool] = True

    def __init__(self, weights: Mapping[str, float]) -> None:
        super().__init__()
        self._terms = tuple(weights)
        for name, weight in weights.items():
            self.register_buffer(_buffer(name), torch.tensor(float(weight)), persistent=False)

    @abstractmethod
    def forward(self, batch: Batch) -> dict[str, Tensor]:
        """The unweighted terms by name, each 0-d."""

    @property
    def weights(self) -> dict[str, Tensor]:
        """The weight of each term by name, 0-d float32 on the module's device."""
        return {name: getattr(self, _buffer(name)) for name in self._terms}

    def total(self, terms: Mapping[str, Tensor]) -> Tensor:
        """sum over terms of weight * term, 0-d.

        Raises:
            UserError: the terms are not those that have weights.
        """
        weights = self.weights
        if terms.keys() != weights.keys():
            raise UserError(
                f"{type(self).__name__}.forward gave the terms {sorted(terms)}, but its weights are for "
                f"{sorted(weights)}: pass a weight for every term to Objective.__init__"
            )
        return torch.stack([weights[name] * term for name, term in terms.items()]).sum()


def _buffer(term: str) -> str:
    return f"{term}_weight"
