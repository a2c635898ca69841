"""Views of small grey images: one random affine map and crop, one bilinear lookup, then noise."""

from dataclasses import dataclass
from math import radians

import torch
import torch.nn.functional as F
from torch import Tensor

from spreadtune.data.views import DrawnAugmentation, Draws, Views, to_pixels
from spreadtune.spec.data import GreyAugmentation


@dataclass(frozen=True, eq=False)
class Placements(Draws):
    """How each of V views looks at each of B images.

    Coordinates as in :func:`torch.nn.functional.grid_sample`: the image spans [-1, 1] in x (right), y (down).

    Attributes:
        angle: (V, B), rotation of the image's content, radians, positive from x towards y.
        scale: (V, B), relative size of the content, around 1.
        shift: (V, B, 2), where the image's centre moves, x and y.
        side: (V, B), side of the crop as a fraction of the image's.
        centre: (V, B, 2), the crop's centre, x and y; the crop lies inside the image's frame.
    """

    angle: Tensor
    scale: Tensor
    shift: Tensor
    side: Tensor
    centre: Tensor


@dataclass(frozen=True, eq=False)
class GreyDraws(Draws):
    """Attributes: placements: how the views look at the images; noise: standard normal, (V, B, C, H, W)."""

    placements: Placements
    noise: Tensor


class GreyViews(DrawnAugmentation[GreyDraws]):
    """Views under ``config``: targets are the transformed images; inputs have Gaussian noise, clamped."""

    def __init__(self, config: GreyAugmentation) -> None:
        self.config = config

    def draw(self, image_shape: tuple[int, ...], views: int, batch: int, generator: torch.Generator) -> GreyDraws:
        placements = draw_placements(self.config, views, batch, generator)
        noise = torch.randn(views, batch, *image_shape, generator=generator, device=generator.device)
        return GreyDraws(placements, noise)

    def apply(self, images: Tensor, draws: GreyDraws) -> Views:
        views, _, channels, height, width = draws.noise.shape
        maps = sampling_maps(draws.placements, height / width)
        grid = F.affine_grid(maps, [len(maps), channels, height, width], align_corners=False)
        pixels = to_pixels(images).repeat(views, 1, 1, 1)
        targets = F.grid_sample(pixels, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
        targets = targets.view_as(draws.noise)
        inputs = (targets + self.config.noise * draws.noise).clamp_(0, 1)
        return Views(inputs, targets)


def build(config: GreyAugmentation) -> GreyViews:
    """What ``grey`` builds."""
    return GreyViews(config.at_full_strength())


def draw_placements(config: GreyAugmentation, views: int, batch: int, generator: torch.Generator) -> Placements:
    """Draws all placements at once on the generator's device, each quantity uniform in its range."""
    draws = torch.rand(7, views, batch, generator=generator, device=generator.device)
    signed = 2 * draws - 1
    side = config.crop + (1 - config.crop) * draws[6]
    return Placements(
        angle=radians(config.rotation) * signed[0],
        scale=1 + config.scale * signed[1],
        shift=2 * config.translation * signed[2:4].movedim(0, -1),  # a fraction of the side, and a side is 2 long
        side=side,
        centre=((1 - side) * signed[4:6]).movedim(0, -1),
    )


def sampling_maps(placements: Placements, aspect: float) -> Tensor:
    """The maps (V B, 2, 3) from a view's coordinates to its image's, for ``affine_grid``.

    A view's point v lies at ``centre + side v`` in the frame. The content there came from u with
    ``scale R(angle) u + shift``, so

        u = R(-angle) (centre + side v - shift) / scale.

    Args:
        placements: of V views of B images.
        aspect: height / width; a rotation of coordinates that span [-1, 1] both ways would shear without.
    """
    cos, sin = placements.angle.cos(), placements.angle.sin()
    inverse = torch.stack([cos, sin * aspect, -sin / aspect, cos], dim=-1) / placements.scale[..., None]
    inverse = inverse.unflatten(-1, (2, 2))
    linear = inverse * placements.side[..., None, None]
    offset = (inverse * (placements.centre - placements.shift)[..., None, :]).sum(dim=-1, keepdim=True)
    return torch.cat([linear, offset], dim=-1).flatten(0, 1)
