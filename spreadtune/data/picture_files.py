"""The images of one data set, in files or in an array: the shape they have in common, and how one of them is read."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from spreadtune.data.files import Pictures, UnreadableImageError, refuse_broken
from spreadtune.data.fingerprint import processors
from spreadtune.data.hierarchy import Integers
from spreadtune.data.image_set import Images
from spreadtune.data.labels import Labels
from spreadtune.data.pictures import Header, read_header, read_image, resized
from spreadtune.data.reading_progress import on_progress
from spreadtune.errors import UserError

_HEADERS_AT_ONCE = 1024


def common_shape(images: Sequence[Path], size: int | None, label: str) -> tuple[int, int, int]:
    """(C, H, W) of all images: grey where all are, and their common size where none is asked for.

    Args:
        images: their files.
        size: the side that they are resized to; None leaves their own.
        label: of the data set, for the progress.

    Raises:
        UserError: a header cannot be read, or sizes differ and ``size`` is None.
    """
    headers = list(_headers(images, label))
    channels = 1 if all(header.grey for header in headers) else 3
    if size is not None:
        return channels, size, size
    first = headers[0]
    for path, header in zip(images, headers, strict=True):
        if (header.height, header.width) != (first.height, first.width):
            shorter = min(min(header.height, header.width) for header in headers)
            raise UserError(
                f"data.size: images differ in size ({images[0]} is {first.width}x{first.height}, {path} "
                f"{header.width}x{header.height}); give data.size, for example {min(shorter, 64)}"
            )
    return channels, first.height, first.width


def reader(paths: Sequence[Path], shape: tuple[int, int, int], size: int | None) -> Callable[[int], Images]:
    """From a position among ``paths`` to the image, uint8 of ``shape``."""

    def image(position: int) -> Images:
        decoded = read_image(paths[position], shape[0], size)
        if decoded.shape != shape:
            raise UnreadableImageError(f"{paths[position]} (its pixels are not those that its header announces)")
        return decoded

    return image


def array_pictures(labels: Labels[Integers], pixels: Images, size: int | None) -> Pictures:
    """The images of an array uint8 (N, C, H, W), one by one."""
    _, channels, height, width = pixels.shape
    if size is None:
        return Pictures(labels, (channels, height, width), lambda position: pixels[position])
    return Pictures(labels, (channels, size, size), lambda position: resized(pixels[position], size))


def _headers(images: Sequence[Path], label: str) -> Iterator[Header]:
    description = f"looking at {label}"
    broken: list[str] = []
    with ThreadPoolExecutor(processors()) as pool:
        for start in range(0, len(images), _HEADERS_AT_ONCE):
            on_progress(description, start, len(images))
            for found in pool.map(_header_or_reason, images[start : start + _HEADERS_AT_ONCE]):
                if isinstance(found, str):
                    broken.append(found)
                else:
                    yield found
    on_progress(description, len(images), len(images))
    refuse_broken(broken)


def _header_or_reason(file: Path) -> Header | str:
    try:
        return read_header(file)
    except UnreadableImageError as error:
        return str(error)
