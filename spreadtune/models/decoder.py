"""From features back to the image, for the reconstruction term."""

import math
from itertools import pairwise
from typing import Never

from torch import Tensor, nn

from spreadtune.errors import UserError
from spreadtune.spec.model import DECODERS, ConvDecoder, NoDecoder
from spreadtune.spec.parts import NamedPart

_FEWEST_DOUBLINGS = 2
"""Also of 8x8 images, whose first map has two places a side."""

_SMALLEST_MAP = 4
"""Further doublings go down to a first map of this many places on its shorter side."""

_WIDEST = 4
"""Channels stop doubling, from the image back to the first map, at this many times ``width``."""

_SMALLEST_SIDE = 8


class Decoder(nn.Module):
    """A linear map to a small feature map, transposed convolutions that double its sides, and a sigmoid.

    Before the last doubling there are ``width`` channels, before each earlier one twice as many, up to four times
    ``width``. The image's sides are halved at least twice, then while both are even and four places or more are left.
    So the linear map stays small; with h of 64 numbers, width 32 and three channels (one at 8 and 28):

        side   doublings   first map      parameters
        8      2           64 x 2 x 2     49,953
        28     2           64 x 7 x 7     237,153
        32     3           128 x 4 x 4    298,595
        64     4           128 x 4 x 4    560,867
        224    5           128 x 7 x 7    1,097,699

    Args:
        input_dim: width of the features, a joined class embedding included.
        image_shape: (C, H, W), sides divisible by 4.
        width: channels before the last transposed convolution.
    """

    def __init__(self, input_dim: int, image_shape: tuple[int, int, int], width: int) -> None:
        super().__init__()
        channels, *sides = image_shape
        doublings = _doublings(min(sides), math.gcd(*sides))
        widths = [min(2**k, _WIDEST) * width for k in reversed(range(doublings))]
        first_map = (widths[0], *(side >> doublings for side in sides))
        layers: list[nn.Module] = [
            nn.Linear(input_dim, math.prod(first_map)),
            nn.ReLU(inplace=True),
            nn.Unflatten(1, first_map),
        ]
        for before, after in pairwise(widths):
            layers += [_doubling(before, after), nn.ReLU(inplace=True)]
        self.layers = nn.Sequential(*layers, _doubling(widths[-1], channels), nn.Sigmoid())

    def forward(self, features: Tensor) -> Tensor:
        """Features (N, input_dim) to pixels in [0, 1], (N, C, H, W)."""
        pixels: Tensor = self.layers(features)
        return pixels


def build(config: ConvDecoder, input_dim: int, image_shape: tuple[int, int, int]) -> Decoder:
    """A :class:`Decoder` for images of ``image_shape`` (C, H, W).

    Raises:
        UserError: a side is shorter than 8 pixels or not divisible by 4.
    """
    _, height, width = image_shape
    if any(side < _SMALLEST_SIDE or side % 2**_FEWEST_DOUBLINGS for side in (height, width)):
        raise UserError(
            f"model.decoder: conv makes images whose sides are multiples of {2**_FEWEST_DOUBLINGS} from "
            f"{_SMALLEST_SIDE} pixels up, these have {height}x{width}; pad them or name a decoder of your own"
        )
    return Decoder(input_dim, image_shape, config.width)


def _doublings(shorter: int, common: int) -> int:
    """How often the map's sides double: ``shorter`` is the image's shorter side, ``common`` divides both."""
    count = _FEWEST_DOUBLINGS
    while common % 2 ** (count + 1) == 0 and shorter >> (count + 1) >= _SMALLEST_MAP:
        count += 1
    return count


def _doubling(channels_in: int, channels_out: int) -> nn.ConvTranspose2d:
    return nn.ConvTranspose2d(channels_in, channels_out, kernel_size=4, stride=2, padding=1)


def build_none(config: NoDecoder, input_dim: int, image_shape: tuple[int, int, int]) -> Never:
    """There is no decoder to build; whoever asks wants to reconstruct.

    Raises:
        UserError: always.
    """
    raise UserError("model.decoder: objective.autoencoder_weight > 0 needs model.decoder, for example conv")


def build_decoder(config: NamedPart, input_dim: int, image_shape: tuple[int, int, int]) -> nn.Module:
    """Builds the decoder that a study file names: features (N, input_dim) to pixels in [0, 1], (N, C, H, W).

    Raises:
        UserError: there is none, the images do not suit it, or the user's own cannot be imported or is no
            module.
    """
    decoder: object = DECODERS.build(config, input_dim, image_shape)
    if not isinstance(decoder, nn.Module):
        kind = type(decoder).__name__
        raise UserError(f"model.decoder: {config.name!r} returned {kind}; return a torch.nn.Module")
    return decoder
