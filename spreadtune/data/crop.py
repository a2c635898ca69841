"""Random resized crops and flips, one bilinear lookup for all images and views."""

from dataclasses import dataclass
from math import log

import torch
import torch.nn.functional as F
from torch import Tensor

from spreadtune.data.views import Draws

_ATTEMPTS = 10
"""Crops that are drawn before the largest one in the middle is taken, as in torchvision's RandomResizedCrop."""


@dataclass(frozen=True, eq=False)
class Crops(Draws):
    """The part of its image that a view shows, in whole pixels, and whether it is mirrored.

    Attributes:
        top: (V, B), first row.
        left: (V, B), first column.
        height: (V, B), rows.
        width: (V, B), columns.
        mirrored: bool (V, B), left and right swapped.
    """

    top: Tensor
    left: Tensor
    height: Tensor
    width: Tensor
    mirrored: Tensor


def draw_crops(
    sides: tuple[int, int],
    views: int,
    batch: int,
    generator: torch.Generator,
    *,
    smallest_area: float,
    largest_ratio: float,
    mirrored: float,
) -> Crops:
    """Draws crops as torchvision's ``RandomResizedCrop`` does.

    The area is uniform in [smallest_area, 1] times the image's, the logarithm of width / height is uniform, the
    sides are rounded. A crop that does not fit is drawn again; after ten that do not, it is the largest of an allowed
    ratio, in the middle. One that fits lies anywhere with equal probability.

    Args:
        sides: height and width of the images.
        views: V.
        batch: B.
        generator: of all draws.
        smallest_area: of a crop, as a fraction of the image's.
        largest_ratio: of the crop's sides; the smallest ratio of width to height is one over it.
        mirrored: the probability of a mirrored view.
    """
    height, width = sides
    draws = torch.rand(2 * _ATTEMPTS + 3, views, batch, generator=generator, device=generator.device)
    area = height * width * (smallest_area + (1 - smallest_area) * draws[:_ATTEMPTS])
    ratio = (log(largest_ratio) * (2 * draws[_ATTEMPTS:-3] - 1)).exp()
    rows, columns = (area / ratio).sqrt().round(), (area * ratio).sqrt().round()
    fits = (rows >= 1) & (rows <= height) & (columns >= 1) & (columns <= width)
    # The last resort stands behind the attempts and always fits; argmax finds the first that does.
    fits = F.pad(fits, (0, 0, 0, 0, 0, 1), value=True)
    chosen = fits.to(torch.uint8).argmax(dim=0, keepdim=True)
    rows = _with_last(rows, min(height, round(width * largest_ratio))).gather(0, chosen)[0]
    columns = _with_last(columns, min(width, round(height * largest_ratio))).gather(0, chosen)[0]
    spare_rows, spare_columns = height - rows, width - columns
    centred = chosen[0] == _ATTEMPTS
    return Crops(
        top=torch.where(centred, spare_rows / 2, draws[-3] * (spare_rows + 1)).floor(),
        left=torch.where(centred, spare_columns / 2, draws[-2] * (spare_columns + 1)).floor(),
        height=rows,
        width=columns,
        mirrored=draws[-1] < mirrored,
    )


def look(pixels: Tensor, crops: Crops) -> Tensor:
    """The crops of ``pixels`` (B, C, H, W), enlarged to H x W and mirrored where they are to be: (V, B, C, H, W).

    Bilinear; outside a crop its border goes on, so no view shows what lies beside its crop. A crop is never larger
    than what it is enlarged to, so there is nothing to smooth against aliasing.
    """
    views = len(crops.top)
    *_, height, width = pixels.shape
    y = _positions(crops.top, crops.height, height)
    x = _positions(crops.left, crops.width, width)
    x = torch.where(crops.mirrored[..., None], x.flip(-1), x)
    grid = torch.stack(torch.broadcast_tensors(_unit(x, width)[:, :, None, :], _unit(y, height)[..., None]), dim=-1)
    seen = F.grid_sample(
        pixels.repeat(views, 1, 1, 1), grid.flatten(0, 1), mode="bilinear", padding_mode="border", align_corners=False
    )
    return seen.view(views, *pixels.shape)


def _with_last(attempts: Tensor, last: int) -> Tensor:
    return F.pad(attempts, (0, 0, 0, 0, 0, 1), value=float(last))


def _positions(start: Tensor, length: Tensor, side: int) -> Tensor:
    """Where ``side`` pixels of a view lie in the image, (V, B) -> (V, B, side), in pixels of the image from 0.

    Pixel j has its middle at (j + 1/2) length / side - 1/2 in the crop, whose own pixels go from 0 to length - 1.
    """
    middles = torch.arange(side, device=start.device) + 0.5
    inside = (middles * (length / side)[..., None] - 0.5).clamp_(min=0)
    positions: Tensor = start[..., None] + inside.minimum(length[..., None] - 1)
    return positions


def _unit(position: Tensor, side: int) -> Tensor:
    """Pixels from 0 to the coordinates of ``grid_sample``, in which the image spans [-1, 1]."""
    return (2 * position + 1) / side - 1
