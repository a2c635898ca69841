"""Views of images: what an augmentation is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

import torch
from torch import Tensor

from spreadtune.errors import UserError
from spreadtune.spec.data import AUGMENTATIONS, NoAugmentation
from spreadtune.spec.parts import NamedPart


@dataclass(frozen=True, eq=False)
class Views:
    """V views of B images, float32 (V, B, C, H, W), pixels in [0, 1].

    Attributes:
        inputs: what the encoder sees.
        targets: the same views before corruption, what a decoder is to reconstruct.
    """

    inputs: Tensor
    targets: Tensor


class Augmentation(Protocol):
    """Makes views of a batch."""

    def __call__(self, images: Tensor, views: int, generator: torch.Generator) -> Views:
        """Draws ``views`` views of every image, independently for every view and image.

        Args:
            images: uint8 (B, C, H, W).
            views: V.
            generator: the stream of all draws, on the device of ``images``.
        """
        ...


def to_pixels(images: Tensor) -> Tensor:
    """uint8 0 .. 255 to float32 pixels in [0, 1]."""
    return images.float() / 255


def identity(config: NoAugmentation) -> Augmentation:
    """Tied views: every view is the image itself, and nothing is drawn."""

    def tie(images: Tensor, views: int, generator: torch.Generator) -> Views:
        pixels = to_pixels(images).expand(views, *images.shape)
        return Views(inputs=pixels, targets=pixels)

    return tie


def views_of_part(
    augmentation: Augmentation,
    images_at: Callable[[Tensor], Tensor],
    indices: Tensor,
    views: int,
    generator: torch.Generator,
    part: slice,
) -> Views:
    """The views of a part of a batch, as they would be among the views of the whole batch.

    Args:
        augmentation: makes the views.
        images_at: from indices to images.
        indices: of the whole batch, (B,).
        views: V.
        generator: the stream of all draws; it moves on as for the whole batch.
        part: positions in the batch.
    """
    whole = augmentation(images_at(indices), views, generator)
    return Views(whole.inputs[:, part], whole.targets[:, part])


def build_augmentation(config: NamedPart) -> Augmentation:
    """Builds the augmentation that a study file names.

    Raises:
        UserError: the user's own cannot be imported or returned something that cannot be called.
    """
    augmentation: object = AUGMENTATIONS.build(config)
    if not callable(augmentation):
        kind = type(augmentation).__name__
        raise UserError(
            f"data.augmentation: {config.name!r} returned {kind}; return (images, views, generator) -> Views"
        )
    return cast(Augmentation, augmentation)
