"""What every corruption has to keep, whoever wrote it."""

from dataclasses import dataclass

import torch
from torch import Tensor

from spreadtune.data.corruption import Corruption, build_corruption
from spreadtune.data.views import DrawnAugmentation, Draws, Views, to_pixels
from spreadtune.spec.model import CORRUPTIONS
from spreadtune.testing.augmentation import AugmentationContract


@dataclass(frozen=True, eq=False)
class _Both(Draws):
    nothing: Tensor
    drawn: Draws


class _OfTheImages(DrawnAugmentation[_Both]):
    """Views that are the images themselves, corrupted: as such they have to keep what an augmentation's views keep."""

    def __init__(self, corruption: Corruption[Draws]) -> None:
        self._corruption = corruption

    def draw(self, image_shape: tuple[int, ...], views: int, batch: int, generator: torch.Generator) -> _Both:
        drawn = self._corruption.draw(torch.Size([views, batch, *image_shape]), generator)
        return _Both(torch.empty(views, batch, 0, device=generator.device), drawn)

    def apply(self, images: Tensor, draws: _Both) -> Views:
        pixels = to_pixels(images).expand(len(draws.nothing), *images.shape)
        return Views(self._corruption.apply(pixels, draws.drawn), pixels)


class CorruptionContract(AugmentationContract):
    """The contract of a ``model.corruption``: that of an augmentation whose views are the corrupted images.

    Attributes:
        image_shape: (C, H, W) of the images it is tried on.
        draws: whether corruptions of an image differ at random.
    """

    family = CORRUPTIONS

    def build(self) -> _OfTheImages:
        """Views that are corrupted by what ``part`` names."""
        corruption = build_corruption(self.config)
        assert corruption is not None, "none corrupts nothing"
        return _OfTheImages(corruption)
