"""A decoded data set as it lies in the cache: one ``.npy`` file an array, and one small JSON file."""

import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from spreadtune.data.files import Contents, Pictures, UnreadableImageError, refuse_broken
from spreadtune.data.fingerprint import processors
from spreadtune.data.image_set import PREFIX, Images, ImageSet
from spreadtune.data.labels import GIVEN
from spreadtune.data.reading_progress import on_progress

DESCRIPTION = "image_set.json"
FORMAT = 1

_DECODED_AT_ONCE = 64  # images a thread takes

_LABELS = ("class_of_subclass", *(f"{prefix}{name}" for prefix in PREFIX.values() for name in GIVEN))
_IMAGES = tuple(f"{prefix}images" for prefix in PREFIX.values())


def store(contents: Contents, folder: Path, label: str) -> ImageSet:
    """Decodes everything into ``folder``, which is empty.

    Raises:
        UserError: images that cannot be read, all told at once; or the contents are no :class:`ImageSet`.
        OSError: the folder cannot be written, or its disk is full.
    """
    _save(folder / "class_of_subclass.npy", contents.hierarchy.class_of_subclass)
    broken: list[str] = []
    with _counted(f"decoding {label}", sum(map(len, contents.parts.values()))) as advance:
        for part, pictures in contents.parts.items():
            for name, labels in pictures.labels.given().items():
                _save(folder / f"{PREFIX[part]}{name}.npy", labels)
            broken += _decode(pictures, folder / f"{PREFIX[part]}images.npy", advance)
    refuse_broken(broken)
    described: dict[str, Any] = {
        "format": FORMAT,
        "class_names": list(contents.hierarchy.class_names),
        "subclass_names": list(contents.hierarchy.subclass_names),
        "shares": list(contents.shares) if contents.shares else None,
    }
    if attribute := contents.hierarchy.attribute:  # without one an entry is as earlier versions read it
        described |= {"attribute_names": list(attribute.names), "absent_groups": sorted(attribute.absent)}
    image_set = _image_set(folder, described)
    (folder / DESCRIPTION).write_text(json.dumps(described | {"fingerprint": image_set.fingerprint}, indent=1))
    return image_set


def load(folder: Path) -> ImageSet:
    """Opens what was stored: images as a memory map whose pages all processes share, everything verified.

    Raises:
        ValueError: something is damaged.
        OSError: something is missing.
    """
    described = json.loads((folder / DESCRIPTION).read_text())
    try:
        image_set = _image_set(folder, described)
        intact = image_set.fingerprint == described["fingerprint"]
    except Exception as error:  # whatever a damaged file leads to
        raise ValueError(f"{folder}: {error}") from error
    if not intact:
        raise ValueError(f"{folder}: the fingerprint differs")
    return image_set


def _image_set(folder: Path, described: dict[str, Any]) -> ImageSet:
    present = {path.stem for path in folder.glob("*.npy")}
    return ImageSet(
        class_names=described["class_names"],
        subclass_names=described["subclass_names"],
        shares=described["shares"],
        attribute_names=described.get("attribute_names", ()),
        absent_groups=[(k, a) for k, a in described.get("absent_groups", ())],
        **{name: np.load(folder / f"{name}.npy") for name in _LABELS if name in present},
        # A plain array over the map: slices of numpy's own memmap class are slower and cannot be told from copies.
        **{name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in _IMAGES if name in present},
    )


def _decode(pictures: Pictures, file: Path, advance: Callable[[int], None]) -> list[str]:
    """Writes all images of a part; returns what cannot be read."""
    images = _allocated(file, (len(pictures), *pictures.shape))
    blocks = [
        range(start, min(start + _DECODED_AT_ONCE, len(pictures)))
        for start in range(0, len(pictures), _DECODED_AT_ONCE)
    ]
    broken: list[str] = []
    stopped = threading.Event()
    pool = ThreadPoolExecutor(processors())
    try:
        tasks = {pool.submit(_fill, images, pictures, block, stopped): block for block in blocks}
        for task in as_completed(tasks):
            broken += task.result()
            advance(len(tasks.pop(task)))
    finally:
        stopped.set()  # after Ctrl-C nobody waits for the rest
        pool.shutdown(cancel_futures=True)
    images.flush()
    return sorted(broken)


def _fill(images: Images, pictures: Pictures, positions: Sequence[int], stopped: threading.Event) -> list[str]:
    broken: list[str] = []
    for position in positions:
        if stopped.is_set():
            break
        try:
            images[position] = pictures.image(position)
        except UnreadableImageError as error:
            broken.append(str(error))
    return broken


def _allocated(file: Path, shape: tuple[int, ...]) -> "np.memmap[Any, np.dtype[np.uint8]]":
    """A new uint8 array in a file whose space is taken at once: on a full disk a write into a map kills the process."""
    images = np.lib.format.open_memmap(file, mode="w+", dtype=np.uint8, shape=shape)
    with file.open("r+b") as stream:
        os.posix_fallocate(stream.fileno(), 0, file.stat().st_size)
    return images


def _save(file: Path, array: Any) -> None:
    np.save(file, array, allow_pickle=False)


@contextmanager
def _counted(description: str, total: int) -> Iterator[Callable[[int], None]]:
    """Gives what to call with the number of images just done."""
    done = 0

    def advance(images: int) -> None:
        nonlocal done
        done += images
        on_progress(description, done, total)

    on_progress(description, 0, total)
    yield advance
