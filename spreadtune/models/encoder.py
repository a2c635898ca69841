"""What every encoder offers."""

from typing import cast

from torch import nn

from spreadtune.errors import UserError
from spreadtune.spec.model import ENCODERS
from spreadtune.spec.parts import NamedPart


class Encoder(nn.Module):
    """A module from pixels in [0, 1], float (N, C, H, W), to embeddings h, float (N, embedding_dim).

    A user's own encoder need not inherit from this class; it must have the attribute.

    Attributes:
        embedding_dim: width of h.
    """

    embedding_dim: int


_SMALLEST_SIDE = 8


def refuse_small(image_shape: tuple[int, int, int], encoder: str) -> None:
    """For encoders whose maps are halved until they are small.

    Args:
        image_shape: (C, H, W).
        encoder: its name, for the message.

    Raises:
        UserError: a side is shorter than 8 pixels.
    """
    _, height, width = image_shape
    if min(height, width) < _SMALLEST_SIDE:
        raise UserError(
            f"model.encoder: {encoder} needs images of at least {_SMALLEST_SIDE}x{_SMALLEST_SIDE} pixels, these "
            f"have {height}x{width}; enlarge them or name an encoder of your own"
        )


def build_encoder(config: NamedPart, image_shape: tuple[int, int, int]) -> Encoder:
    """Builds the encoder that a study file names for images of ``image_shape`` (C, H, W).

    Raises:
        UserError: the images do not suit it, or the user's own cannot be imported or is no module with an
            ``embedding_dim``.
    """
    encoder: object = ENCODERS.build(config, image_shape)
    if not isinstance(encoder, nn.Module):
        kind = type(encoder).__name__
        raise UserError(f"model.encoder: {config.name!r} returned {kind}; return a torch.nn.Module")
    width: object = getattr(encoder, "embedding_dim", None)
    if not isinstance(width, int) or width < 1:
        raise UserError(
            f"model.encoder: {config.name!r} has embedding_dim {width!r}; set it to the width of the output, "
            "a positive whole number"
        )
    return cast(Encoder, encoder)
