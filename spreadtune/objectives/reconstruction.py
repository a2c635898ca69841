"""The autoencoder term: it ties places in a class to what the images show.

A contrastive loss does not change when two images of a class swap places; the reconstruction error does.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spreadtune.objectives.objective import Batch, Objective
from spreadtune.objectives.precision import at_least_float32

CLASS_EMBEDDING_DIM = 16
"""Width of the learned class embedding: wide enough for any class to be told, small beside the features."""


class Reconstructor(nn.Module):
    """Images from features, and from the class where the decoder is conditioned on it.

    ::

        x_hat = decoder(h)   or   decoder([h, e_class])   with e a learned embedding of the class

    Told the class, the decoder needs from h only what the class does not say.

    Args:
        decoder: maps (images, input width) to (images, channels, height, width). The input width is that of
            h, plus that of ``class_embedding`` where there is one.
        class_embedding: e, or None.
    """

    def __init__(self, decoder: nn.Module, class_embedding: nn.Embedding | None = None) -> None:
        super().__init__()
        self.decoder = decoder
        self.class_embedding = class_embedding

    def forward(self, features: Tensor, classes: Tensor) -> Tensor:
        """(views, batch, features) and (batch,) to (views, batch, channels, height, width)."""
        views, batch, _ = features.shape
        if self.class_embedding is not None:
            told = self.class_embedding(classes).expand(views, -1, -1)
            features = torch.cat([features, told], dim=-1)
        images: Tensor = self.decoder(features.flatten(0, 1))
        return images.reshape(views, batch, *images.shape[1:])


def reconstruction_error(reconstructor: Reconstructor, features: Tensor, classes: Tensor, targets: Tensor) -> Tensor:
    """mean over views, images, channels and pixels of (x_hat - x)^2, 0-d.

    Args:
        reconstructor: gives x_hat.
        features: h, (views, batch, features).
        classes: (batch,).
        targets: x, the uncorrupted views, pixels in [0, 1], (views, batch, channels, height, width).

    Raises:
        ValueError: the decoder's images are not of the targets' shape.

    Examples:
        A decoder that paints every image grey is half a pixel's range away from black.

        >>> grey = nn.Sequential(nn.Linear(4, 64), nn.Unflatten(1, (1, 8, 8)))
        >>> _ = nn.init.zeros_(grey[0].weight), nn.init.constant_(grey[0].bias, 0.5)
        >>> features, black = torch.randn(2, 3, 4), torch.zeros(2, 3, 1, 8, 8)
        >>> reconstruction_error(Reconstructor(grey), features, torch.tensor([0, 0, 1]), black).item()
        0.25
    """
    images = reconstructor(features, classes)
    if images.shape != targets.shape:
        raise ValueError(
            f"the decoder gave images of shape {tuple(images.shape)} for targets of shape {tuple(targets.shape)}"
        )
    return F.mse_loss(at_least_float32(images), at_least_float32(targets))


class WithReconstruction(Objective):
    """The terms of another objective, and ``reconstruction``; see :func:`reconstruction_error` and, to make one,
    :func:`with_reconstruction`.

    Examples:
        >>> from spreadtune.objectives.spread import SpreadObjective
        >>> decoder = nn.Sequential(nn.Linear(4, 64), nn.Unflatten(1, (1, 8, 8)))
        >>> objective = WithReconstruction(SpreadObjective(alpha=0.5, temperature=0.5), Reconstructor(decoder), 2.0)
        >>> {name: weight.item() for name, weight in objective.weights.items()}
        {'supcon': 0.5, 'ccinfonce': 0.5, 'reconstruction': 2.0}
    """

    def __init__(self, objective: Objective, reconstructor: Reconstructor, weight: float) -> None:
        super().__init__({"reconstruction": weight})
        self.objective = objective
        self.reconstructor = reconstructor

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        terms: dict[str, Tensor] = self.objective(batch)
        own, classes = batch.features[:, batch.part], batch.classes[batch.part]
        error = reconstruction_error(self.reconstructor, own, classes, batch.targets)
        return terms | {"reconstruction": batch.own_weight * error}

    @property
    def weights(self) -> dict[str, Tensor]:
        return self.objective.weights | super().weights


def with_reconstruction(
    objective: Objective, decoder: nn.Module, weight: float, *, class_embedding: nn.Embedding | None = None
) -> WithReconstruction:
    """Add the autoencoder term to an objective: total = objective + weight * reconstruction error.

    Args:
        objective: what the term is added to.
        decoder: see :class:`Reconstructor`.
        weight: lambda >= 0, a study's ``autoencoder_weight``.
        class_embedding: given, the decoder is conditioned on the class.

    Examples:
        The decoder is told the class by two more numbers.

        >>> from spreadtune.objectives.spread import SpreadObjective
        >>> told = nn.Embedding(num_embeddings=3, embedding_dim=2)
        >>> decoder = nn.Sequential(nn.Linear(4 + 2, 64), nn.Sigmoid(), nn.Unflatten(1, (1, 8, 8)))
        >>> spread = SpreadObjective(alpha=0.5, temperature=0.5)
        >>> objective = with_reconstruction(spread, decoder, weight=2.0, class_embedding=told)
        >>> h, pixels = torch.randn(2, 3, 4), torch.zeros(2, 3, 1, 8, 8)
        >>> sorted(objective(Batch(h, h, torch.tensor([0, 1, 2]), pixels, pixels)))
        ['ccinfonce', 'reconstruction', 'supcon']
    """
    return WithReconstruction(objective, Reconstructor(decoder, class_embedding), weight)
