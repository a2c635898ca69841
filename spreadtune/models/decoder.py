"""From features back to the image, for the reconstruction term."""

from typing import Never

from torch import Tensor, nn

from spreadtune.errors import UserError
from spreadtune.spec.model import DECODERS, ConvDecoder, NoDecoder
from spreadtune.spec.parts import NamedPart

_SHRINK = 4
"""Two transposed convolutions enlarge the first map this many times."""

_SMALLEST_SIDE = 8


class Decoder(nn.Module):
    """A linear map to a quarter-size feature map, then two transposed convolutions and a sigmoid.

    Args:
        input_dim: width of the features, a joined class embedding included.
        image_shape: (C, H, W), sides divisible by 4.
        width: channels before the last transposed convolution; twice as many before the first.
    """

    def __init__(self, input_dim: int, image_shape: tuple[int, int, int], width: int) -> None:
        super().__init__()
        channels, height, side = image_shape
        first_map = (2 * width, height // _SHRINK, side // _SHRINK)
        self.layers = nn.Sequential(
            nn.Linear(input_dim, first_map[0] * first_map[1] * first_map[2]),
            nn.ReLU(inplace=True),
            nn.Unflatten(1, first_map),
            nn.ConvTranspose2d(2 * width, width, kernel_size=4, stride=2, padding=1),
            nn.ReLU(inplace=True),
            nn.ConvTranspose2d(width, channels, kernel_size=4, stride=2, padding=1),
            nn.Sigmoid(),
        )

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
    if any(side < _SMALLEST_SIDE or side % _SHRINK for side in (height, width)):
        raise UserError(
            f"model.decoder: conv makes images whose sides are multiples of {_SHRINK} from {_SMALLEST_SIDE} "
            f"pixels up, these have {height}x{width}; pad them or name a decoder of your own"
        )
    return Decoder(input_dim, image_shape, config.width)


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
