"""Images as Pillow reads them, as uint8 arrays (C, H, W)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from spreadtune.data.files import UnreadableImageError
from spreadtune.data.image_set import Images

_NOT_PICTURES = {"BUFR", "EPS", "GRIB", "HDF5", "MPEG", "WMF"}  # Pillow knows their names, but cannot draw them alone
_GREY_MODES = {"1", "L", "LA", "La", "I;16", "I;16L", "I;16B", "I;16N", "I"}
_SIXTEEN_BIT = {"I;16", "I;16L", "I;16B", "I;16N", "I"}
_PLAIN_PALETTES = {"RGB", "RGBA", "RGBX", "BGR", "BGRA", "BGRX"}


@dataclass(frozen=True)
class Header:
    """What a file says of its image: whether it has no color, and its size upright."""

    grey: bool
    height: int
    width: int


@lru_cache(maxsize=1)
def suffixes() -> frozenset[str]:
    """Endings of the files that Pillow reads, in lower case with their dot."""
    known = Image.registered_extensions()
    return frozenset(end for end, kind in known.items() if kind in Image.OPEN and kind not in _NOT_PICTURES)


def read_header(file: Path) -> Header:
    """Looks at an image without decoding it.

    Raises:
        UnreadableImageError: it is none.
    """
    with _opened(file) as image:
        width, height = image.size
        turned = image.getexif().get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8)
        return Header(_is_grey(image), *((width, height) if turned else (height, width)))


def read_image(file: Path, channels: int, size: int | None) -> Images:
    """Decodes an image: upright as its EXIF orientation says, transparent parts white, 8 bits, the first frame.

    Args:
        file: any format Pillow reads.
        channels: 1 for grey, 3 for color.
        size: see :func:`fitted`; None leaves the image's own size.

    Raises:
        UnreadableImageError: the file is broken.
    """
    with _opened(file) as image:
        if size is not None:
            # JPEG decodes to half, a quarter or an eighth at once; twice the size is left for a clean resize.
            image.draft(None, (2 * size, 2 * size))  # None keeps the mode
        upright = ImageOps.exif_transpose(image)
        plain = _eight_bits(upright, "L" if channels == 1 else "RGB")
        return _as_array(plain if size is None else fitted(plain, size))


def resized(image: Images, size: int) -> Images:
    """An array (C, H, W) of any number of channels, :func:`fitted`."""
    if image.shape[1:] == (size, size):
        return image
    return np.stack([np.asarray(fitted(Image.fromarray(channel), size)) for channel in image])


def fitted(image: Image.Image, size: int) -> Image.Image:
    """The shorter side resized to ``size`` (bilinear, antialiased), of the longer the middle: ``size`` x ``size``."""
    if image.size == (size, size):
        return image
    width, height = image.size
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    return image.resize((size, size), Image.Resampling.BILINEAR, box=(left, top, left + side, top + side))


@contextmanager
def _opened(file: Path) -> Iterator[Image.Image]:
    try:
        with Image.open(file) as image:
            yield image
    except Exception as error:  # on broken files Pillow's readers raise whatever they stumble over
        reason = "not an image Pillow knows" if isinstance(error, UnidentifiedImageError) else str(error)
        raise UnreadableImageError(f"{file} ({' '.join(reason.split()) or type(error).__name__})") from error


def _is_grey(image: Image.Image) -> bool:
    """By its format, not by its pixels: a grey photograph saved as RGB is a color image."""
    palette = image.palette
    if palette is None:
        return image.mode in _GREY_MODES
    layout = palette.rawmode or palette.mode
    if layout not in _PLAIN_PALETTES:
        return False
    colors = np.frombuffer(bytes(palette.palette), dtype=np.uint8)
    colors = colors[: len(colors) // len(layout) * len(layout)].reshape(-1, len(layout))[:, :3]
    return bool((colors == colors[:, :1]).all())


def _eight_bits(image: Image.Image, mode: str) -> Image.Image:
    if image.mode in _SIXTEEN_BIT:
        return Image.fromarray(_from_sixteen_bits(image)).convert(mode)
    if image.mode == "F":
        raise ValueError("floating-point pixels; save it with 8 or 16 bits")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
        return image.convert("RGB").convert(mode)
    if image.mode in ("P", "PA", "CMYK", "LAB", "HSV"):
        image = image.convert("RGB")  # not every mode converts to grey directly
    return image.convert(mode)


def _from_sixteen_bits(image: Image.Image) -> Images:
    values: np.ndarray[Any, Any] = np.asarray(image).astype(np.int64)
    if values.min() < 0 or values.max() > 65535:
        raise ValueError("pixels of more than 16 bits; save it with 8 or 16")
    return ((values + 128) // 257).astype(np.uint8)


def _as_array(image: Image.Image) -> Images:
    pixels: Images = np.asarray(image)
    return pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
