"""Views of small grey images: one random affine map and crop, one bilinear lookup, then noise."""

from dataclasses import dataclass
from math import radians

import torch
import torch.nn.functional as F
from torch import Tensor

from spreadtune.data.views import Augmentation, Views, to_pixels
from spreadtune.spec.data import GreyAugmentation


@dataclass(frozen=True, eq=False)
class Placements:
    """How each view looks at its image, one entry per view (M of them).

    Coordinates as in :func:`torch.nn.functional.grid_sample`: the image spans [-1, 1] in x (right), y (down).

    Attributes:
        angle: (M,), rotation of the image's content, radians, positive from x towards y.
        scale: (M,), relative size of the content, around 1.
        shift: (2, M), where the image's centre moves, x and y.
        side: (M,), side of the crop as a fraction of the image's.
        centre: (2, M), the crop's centre, x and y; the crop lies inside the image's frame.
    """

    angle: Tensor
    scale: Tensor
    shift: Tensor
    side: Tensor
    centre: Tensor


def build(config: GreyAugmentation) -> Augmentation:
    """Views under ``config``: targets are the transformed images; inputs have Gaussian noise, clamped."""

    def augment(images: Tensor, views: int, generator: torch.Generator) -> Views:
        batch, channels, height, width = images.shape
        placements = draw_placements(config, views * batch, generator)
        grid = F.affine_grid(
            sampling_maps(placements, height / width),
            [views * batch, channels, height, width],
            align_corners=False,
        )
        pixels = to_pixels(images).repeat(views, 1, 1, 1)
        targets = F.grid_sample(pixels, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
        noise = torch.randn(targets.shape, generator=generator, device=images.device)
        inputs = (targets + config.noise * noise).clamp_(0, 1)
        return Views(inputs.view(views, *images.shape), targets.view(views, *images.shape))

    return augment


def draw_placements(config: GreyAugmentation, count: int, generator: torch.Generator) -> Placements:
    """Draws ``count`` placements at once on the generator's device, each quantity uniform in its range."""
    draws = torch.rand(7, count, generator=generator, device=generator.device)
    signed = 2 * draws - 1
    side = config.crop + (1 - config.crop) * draws[6]
    return Placements(
        angle=radians(config.rotation) * signed[0],
        scale=1 + config.scale * signed[1],
        shift=2 * config.translation * signed[2:4],  # a fraction of the side, and a side is 2 long
        side=side,
        centre=(1 - side) * signed[4:6],
    )


def sampling_maps(placements: Placements, aspect: float) -> Tensor:
    """The maps (M, 2, 3) from a view's coordinates to its image's, for ``affine_grid``.

    A view's point v lies at ``centre + side v`` in the frame. The content there came from u with
    ``scale R(angle) u + shift``, so

        u = R(-angle) (centre + side v - shift) / scale.

    Args:
        placements: M placements.
        aspect: height / width; a rotation of coordinates that span [-1, 1] both ways would shear without.
    """
    cos, sin = placements.angle.cos(), placements.angle.sin()
    inverse = torch.stack([cos, sin * aspect, -sin / aspect, cos]).view(2, 2, -1) / placements.scale
    linear = inverse * placements.side
    offset = (inverse * (placements.centre - placements.shift)).sum(dim=1, keepdim=True)
    return torch.cat([linear, offset], dim=1).permute(2, 0, 1)
