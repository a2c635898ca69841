"""Images of one data set for an encoder of another's: grey as colour, colour as grey."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the driver asks what can be converted, and needs no torch
    from torch import Tensor

_LUMA = (19595, 38470, 7471)  # of red, green and blue, in 2^-16: ITU-R 601-2, as Pillow converts to grey


def convertible(found: int, channels: int) -> bool:
    """Whether :func:`with_channels` can make one number of channels of the other."""
    return found == channels or {found, channels} == {1, 3}


def with_channels(images: "Tensor", channels: int) -> "Tensor":
    """uint8 images (B, C, H, W) with ``channels`` instead of C: as they are where these are equal, grey repeated three
    times, colour weighed to grey as Pillow does.

    Raises:
        ValueError: another conversion.
    """
    found = images.shape[1]
    if found == channels:
        return images
    if not convertible(found, channels):
        raise ValueError(f"{found} channels cannot be made {channels}")
    if channels == 3:
        return images.expand(-1, 3, -1, -1)
    whole = images.int()
    weighed = whole * whole.new_tensor(_LUMA)[:, None, None]
    return ((weighed.sum(dim=1, keepdim=True) + 2**15) >> 16).byte()
