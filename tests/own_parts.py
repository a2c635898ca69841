"""Parts of a user's own, named in specs as ``tests.own_parts:NAME``."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from spreadtune.data import ImageSet
from spreadtune.objectives import Batch, Objective


class Pull(Objective):
    """One term: the mean squared length of the embeddings; from step ``fails_from`` on it is infinite."""

    def __init__(self, embedding_dim: int, class_count: int, *, fails_from: int | None = None) -> None:
        super().__init__({"pull": 1.0})
        self.fails_from = fails_from
        self.register_buffer("steps", torch.zeros(()))

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        length = batch.embeddings.square().mean()
        if self.fails_from is None:
            return {"pull": length}
        self.steps += 1
        return {"pull": length / (self.steps < self.fails_from).float()}


class Brightness(Objective):
    """One term over a worker's own images, as a user would write it: features tell how bright their image is."""

    uses_labels = False

    def __init__(self, embedding_dim: int, class_count: int) -> None:
        super().__init__({"brightness": 1.0})
        self.guess = nn.Linear(embedding_dim, 1)

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        guesses = self.guess(batch.features[:, batch.part])[..., 0]
        error = (guesses - batch.targets.mean(dim=(2, 3, 4))).square().mean()
        return {"brightness": batch.own_weight * error}


class Flat(nn.Module):
    """Pixels through one linear map."""

    def __init__(self, image_shape: tuple[int, int, int], *, width: int) -> None:
        super().__init__()
        channels, height, side = image_shape
        self.embedding_dim = width
        self.layers = nn.Sequential(nn.Flatten(), nn.Dropout(0.2), nn.Linear(channels * height * side, width))

    def forward(self, images: Tensor) -> Tensor:
        embeddings: Tensor = self.layers(images)
        return embeddings


def shades(*, per_class: Sequence[int], subclasses: int = 1) -> ImageSet:
    """Noisy 8x8 images whose brightness tells the class; every class has ``subclasses`` subclasses."""
    random = np.random.default_rng(0)
    classes = np.repeat(np.arange(len(per_class)), per_class)
    fine = classes * subclasses + np.arange(len(classes)) % subclasses
    bright = 40 * classes[:, None, None, None] + random.integers(0, 60, (len(classes), 1, 8, 8))
    return ImageSet(
        images=bright.astype(np.uint8),
        subclasses=fine,
        class_of_subclass=np.repeat(np.arange(len(per_class)), subclasses),
        class_names=[f"class {k}" for k in range(len(per_class))],
        subclass_names=[f"subclass {s}" for s in range(len(per_class) * subclasses)],
    )


def colours(*, height: int = 12, width: int = 10, channels: int = 3) -> ImageSet:
    """Noisy images of four colours that are two classes; more than three channels are no colours any more."""
    random = np.random.default_rng(0)
    subclasses = np.arange(240) % 4
    hues = 60 * (np.arange(channels) + 1) * (subclasses[:, None] + 1) % 200
    images = hues[:, :, None, None] + random.integers(0, 40, (240, channels, height, width))
    return ImageSet(
        images=images.astype(np.uint8),
        subclasses=subclasses,
        class_of_subclass=np.array([0, 0, 1, 1]),
        class_names=["some", "others"],
        subclass_names=["one", "two", "three", "four"],
    )


def not_an_objective(embedding_dim: int, class_count: int) -> str:
    return "no objective"
