"""Changes of colour, for each image its own: brightness, contrast, saturation, hue, and no colour at all.

Pixels are float (M, C, H, W) in [0, 1], C is 1 or 3. An image of one channel has neither saturation nor hue.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from spreadtune.data.views import Draws

BRIGHTNESS, CONTRAST, SATURATION, HUE = range(4)


@dataclass(frozen=True, eq=False)
class Jitter(Draws):
    """The four changes of each view, and their order.

    Attributes:
        factors: (V, B, 4), of brightness, contrast and saturation, 1 where nothing changes; last the shift of the
            hue, in turns.
        order: int64 (V, B, 4), the changes in the order in which they are made.
    """

    factors: Tensor
    order: Tensor


def draw_jitter(
    views: int,
    batch: int,
    generator: torch.Generator,
    *,
    probability: float,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
) -> Jitter:
    """Draws factors uniformly from [max(0, 1 - x), 1 + x], hue shifts from [-hue, hue], and each order equally often.

    A view is left as it is with probability 1 - ``probability``.
    """
    draws = torch.rand(9, views, batch, generator=generator, device=generator.device)
    lowest = [max(0.0, 1 - extent) for extent in (brightness, contrast, saturation)]
    highest = [1 + extent for extent in (brightness, contrast, saturation)]
    ranges = zip([*lowest, -hue], [*highest, hue], draws[:4], strict=True)
    factors = torch.stack([low + (high - low) * draw for low, high, draw in ranges], dim=-1)
    unchanged = torch.zeros_like(factors)
    unchanged[..., :HUE] = 1
    changed = draws[8] < probability
    return Jitter(
        factors=torch.where(changed[..., None], factors, unchanged),
        order=draws[4:8].argsort(dim=0).movedim(0, -1),
    )


def jitter(pixels: Tensor, factors: Tensor, order: Tensor, *, with_hue: bool) -> Tensor:
    """Make the four changes of every image in its own order.

    Brightness, contrast and saturation are one formula, so whichever of them is due is one step for all images. The
    hue is no such step, and is shifted once: an image makes the changes that come before it in the steps
    before, the others in the steps after, and rests in those of the other side.

    Args:
        pixels: (M, C, H, W).
        factors: (M, 4).
        order: (M, 4).
        with_hue: whether any image's hue is shifted.
    """
    with_hue = with_hue and pixels.shape[1] == 3
    hue_place = (order == HUE).to(torch.uint8).argmax(dim=1)
    for place in range(HUE if with_hue else 4):
        due = place < hue_place if with_hue else order[:, place] != HUE
        pixels = _one_change(pixels, factors, order[:, place], due)
    if with_hue:
        pixels = shift_hue(pixels, factors[:, HUE])
        for place in range(1, 4):
            pixels = _one_change(pixels, factors, order[:, place], place > hue_place)
    return pixels


def _one_change(pixels: Tensor, factors: Tensor, change: Tensor, due: Tensor) -> Tensor:
    """To each image its ``change`` (M,), none of them the hue, where it is ``due`` (M,)."""
    factor = torch.where(due, factors.gather(1, change[:, None])[:, 0], 1.0)
    grey = grey_values(pixels)
    reference = grey * _each(change == SATURATION) + mean_grey(grey) * _each(change == CONTRAST)
    return blend(pixels, reference, factor)


def blend(pixels: Tensor, reference: Tensor, factor: Tensor) -> Tensor:
    """factor pixels + (1 - factor) reference, clamped to [0, 1], with a factor (M,) for each image.

    The reference of brightness is black, of contrast the image's :func:`mean_grey`, of saturation its
    :func:`grey_values`.
    """
    return torch.lerp(reference, pixels, _each(factor)).clamp_(0, 1)


def grey_values(pixels: Tensor) -> Tensor:
    """0.2989 R + 0.587 G + 0.114 B, (M, 1, H, W); a single channel is itself."""
    if pixels.shape[1] == 1:
        return pixels
    red, green, blue = pixels.unbind(1)
    return (0.2989 * red).add_(green, alpha=0.587).add_(blue, alpha=0.114)[:, None]


def mean_grey(grey: Tensor) -> Tensor:
    """The mean of each image's grey values, (M, 1, 1, 1)."""
    return grey.mean(dim=(1, 2, 3), keepdim=True)


def without_colour(pixels: Tensor, chosen: Tensor) -> Tensor:
    """Grey values in every channel of the images that ``chosen``, bool (M,), names."""
    return torch.lerp(pixels, grey_values(pixels), _each(chosen))


def shift_hue(pixels: Tensor, shift: Tensor) -> Tensor:
    """Turn the hue of each RGB image by ``shift`` (M,), in turns; value and saturation (HSV) stay.

    With the largest channel M, the smallest m and d = M - m, the hue in sixths of a turn is

        u = (G - B) / d where R is largest, 2 + (B - R) / d where G is, 4 + (R - G) / d where B is.

    Turned by six times the shift and taken modulo six, it gives the channels

        R = m + d (|u - 3| - 1),  G = m + d (2 - |u - 2|),  B = m + d (2 - |u - 4|),  each clamped to [m, M].
    """
    red, green, blue = pixels.unbind(1)
    largest, smallest = red.maximum(green).maximum(blue), red.minimum(green).minimum(blue)
    range_ = largest - smallest
    # Choices are made by interpolation with weights 0 and 1, which is exact, and on a CPU ten times as fast as a mask.
    not_red, not_green = (largest - red).sign_(), (largest - green).sign_()
    green_or_blue = torch.lerp((blue - red).add_(range_, alpha=2), (red - green).add_(range_, alpha=4), not_green)
    hue = torch.lerp(green - blue, green_or_blue, not_red).div_(range_.clamp(min=1e-12))
    hue.add_(6 * shift[:, None, None])
    hue.sub_((hue / 6).floor_(), alpha=6)
    above, below = largest + range_, smallest - range_
    turned = torch.empty_like(pixels)
    for channel, (start, middle, slope) in enumerate([(below, 3, 1), (above, 2, -1), (above, 4, -1)]):
        distance = (hue - middle).abs_()
        torch.clamp(torch.addcmul(start, range_, distance, value=slope), smallest, largest, out=turned[:, channel])
    return turned


def _each(value: Tensor) -> Tensor:
    """A value for each image (M,) as a float that meets its pixels (M, 1, 1, 1)."""
    return value.float()[:, None, None, None]
