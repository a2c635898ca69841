"""Corruption of what an autoencoder sees: the encoder gets corrupted views, the decoder reconstructs them whole.

As an augmentation, a corruption draws for the whole batch and applies to a part, so that workers who share a batch make
the same corrupted views. It has a random stream of its own: with and without it trials of one seed share their views.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Generic

import torch
from torch import Tensor

from spreadtune.data.views import Draws, DrawsT, Views
from spreadtune.errors import UserError
from spreadtune.spec.model import CORRUPTIONS, MaskCorruption, NoCorruption, NoiseCorruption
from spreadtune.spec.parts import NamedPart


class Corruption(ABC, Generic[DrawsT]):
    """Corrupts the inputs of views, each view of an image by itself."""

    @abstractmethod
    def draw(self, shape: torch.Size, generator: torch.Generator) -> DrawsT:
        """Everything random for views of ``shape`` (V, B, C, H, W), on the generator's device. How often it draws does
        not depend on the corruption's values."""

    @abstractmethod
    def apply(self, pixels: Tensor, draws: DrawsT) -> Tensor:
        """``pixels``, float (V, b, C, H, W) in [0, 1], under draws for these b images; likewise in [0, 1]."""


def corrupt(views: Views, corruption: Corruption[DrawsT], batch: int, part: slice, generator: torch.Generator) -> Views:
    """The same targets with corrupted inputs.

    Args:
        views: of the images at the positions ``part`` of a batch.
        corruption: what is done to them.
        batch: how many images the whole batch has.
        part: positions in the batch.
        generator: the stream of all draws; it moves on as for the whole batch.
    """
    count, _, *image = views.inputs.shape
    draws = corruption.draw(torch.Size([count, batch, *image]), generator)
    return replace(views, inputs=corruption.apply(views.inputs, draws.part(part)))


@dataclass(frozen=True, eq=False)
class Drawn(Draws):
    """Attributes: values: (V, B, ...), what is drawn for each pixel or patch."""

    values: Tensor


class Noise(Corruption[Drawn]):
    """x + std e, clamped to [0, 1], with e standard normal for every pixel (Vincent et al. 2010, JMLR 11)."""

    def __init__(self, config: NoiseCorruption) -> None:
        self.config = config

    def draw(self, shape: torch.Size, generator: torch.Generator) -> Drawn:
        return Drawn(torch.randn(shape, generator=generator, device=generator.device))

    def apply(self, pixels: Tensor, draws: Drawn) -> Tensor:
        return (pixels + self.config.std * draws.values).clamp(0, 1)


class Mask(Corruption[Drawn]):
    """Each patch of a grid is black with probability ``share``, in all channels.

    Patches at the right and lower edge are cut off where the side is no multiple. He et al. 2022, arXiv 2111.06377,
    mask patches too, but a fixed number.
    """

    def __init__(self, config: MaskCorruption) -> None:
        self.config = config

    def draw(self, shape: torch.Size, generator: torch.Generator) -> Drawn:
        views, batch, _, height, width = shape
        rows, columns = (-(-side // self.config.patch) for side in (height, width))
        return Drawn(torch.rand(views, batch, 1, rows, columns, generator=generator, device=generator.device))

    def apply(self, pixels: Tensor, draws: Drawn) -> Tensor:
        height, width = pixels.shape[-2:]
        kept = (draws.values >= self.config.share).repeat_interleave(self.config.patch, dim=-2)
        kept = kept.repeat_interleave(self.config.patch, dim=-1)[..., :height, :width]
        return pixels * kept


def build_none(config: NoCorruption) -> None:
    """What ``none`` builds."""


def build_corruption(config: NamedPart) -> Corruption[Draws] | None:
    """Builds the corruption that a study file names; None for none.

    Raises:
        UserError: the user's own cannot be imported or returned something else.
    """
    corruption: object = CORRUPTIONS.build(config)
    if corruption is not None and not isinstance(corruption, Corruption):
        raise UserError(
            f"model.corruption: {config.name!r} returned {type(corruption).__name__}; return a "
            "spreadtune.data.corruption.Corruption"
        )
    return corruption
