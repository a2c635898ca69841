"""Views of images: what an augmentation is.

The package's own augmentations work in two steps: first everything random is drawn, for a whole batch, then the draws
are applied, to the whole or to a part. So workers that share a batch make each its own part of the same views.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Generic, Protocol, Self, TypeVar, cast

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


@dataclass(frozen=True, eq=False)
class Draws:
    """What was drawn for V views of B images: the fields of a subclass are tensors (V, B, ...), or draws again."""

    def part(self, part: slice) -> Self:
        """What was drawn for the images at the positions ``part`` of the batch."""
        return replace(self, **{field.name: _part(getattr(self, field.name), part) for field in fields(self)})


DrawsT = TypeVar("DrawsT", bound=Draws)


class DrawnAugmentation(ABC, Generic[DrawsT]):
    """An :class:`Augmentation` in two steps, drawing and applying.

    An image's views depend on the image and its own draws alone, so a part of a batch gets the views that it has in
    the whole.
    """

    @abstractmethod
    def draw(self, image_shape: tuple[int, ...], views: int, batch: int, generator: torch.Generator) -> DrawsT:
        """Everything random in ``views`` views of ``batch`` images of ``image_shape`` (C, H, W), on the generator's
        device. It draws equally often whatever the augmentation's values are, so that settings at one seed differ
        in these values only.
        """

    @abstractmethod
    def apply(self, images: Tensor, draws: DrawsT) -> Views:
        """The views of ``images``, uint8 (b, C, H, W), under draws for V views of these b images."""

    def __call__(self, images: Tensor, views: int, generator: torch.Generator) -> Views:
        """See :class:`Augmentation`."""
        return self.apply(images, self.draw(images.shape[1:], views, len(images), generator))


@dataclass(frozen=True, eq=False)
class NothingDrawn(Draws):
    """Attributes: nothing: (V, B, 0), for the number of views."""

    nothing: Tensor


class TiedViews(DrawnAugmentation[NothingDrawn]):
    """Every view is the image itself, and nothing is drawn."""

    def draw(self, image_shape: tuple[int, ...], views: int, batch: int, generator: torch.Generator) -> NothingDrawn:
        return NothingDrawn(torch.empty(views, batch, 0, device=generator.device))

    def apply(self, images: Tensor, draws: NothingDrawn) -> Views:
        pixels = to_pixels(images).expand(len(draws.nothing), *images.shape)
        return Views(inputs=pixels, targets=pixels)


def identity(config: NoAugmentation) -> TiedViews:
    """What ``none`` builds."""
    return TiedViews()


def to_pixels(images: Tensor) -> Tensor:
    """uint8 0 .. 255 to float32 pixels in [0, 1]."""
    return images.float() / 255


def views_of_part(
    augmentation: Augmentation,
    images_at: Callable[[Tensor], Tensor],
    indices: Tensor,
    views: int,
    generator: torch.Generator,
    part: slice,
) -> Views:
    """The views of a part of a batch, as they would be among the views of the whole batch.

    A :class:`DrawnAugmentation` sees the part's images only. Any other gets the whole batch, and the part's views are
    cut out.

    Args:
        augmentation: makes the views.
        images_at: from indices to images.
        indices: of the whole batch, (B,).
        views: V.
        generator: the stream of all draws; it moves on as for the whole batch.
        part: positions in the batch.
    """
    if isinstance(augmentation, DrawnAugmentation):
        images = images_at(indices[part])
        draws = augmentation.draw(images.shape[1:], views, len(indices), generator)
        return augmentation.apply(images, draws.part(part))
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


def _part(drawn: Tensor | Draws, part: slice) -> Tensor | Draws:
    return drawn.part(part) if isinstance(drawn, Draws) else drawn[:, part]
