"""Images of one's own in folders: ``root/train/SUBCLASS/``, at any depth below, and optional ``val`` and ``test``."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import numpy as np

from spreadtune.data.files import Contents, ImageFiles, Pictures, UnreadableImageError, listed, refuse_broken, stamps
from spreadtune.data.fingerprint import processors
from spreadtune.data.hierarchy_file import FILE_NAME, read_hierarchy
from spreadtune.data.image_set import Images
from spreadtune.data.pictures import Header, read_header, read_image, suffixes
from spreadtune.data.reading_progress import on_progress
from spreadtune.data.root import data_roots
from spreadtune.data.splits import SplitName
from spreadtune.errors import UserError
from spreadtune.spec.data import ImageFolderDataset

FOLDERS: Mapping[SplitName, str] = {"train": "train", "validation": "val", "test": "test"}
MISSING_SHARE = (8, 1, 1)
"""Training, validation and test where the folder has ``train`` only: a tenth for each that is missing."""

_HEADERS_AT_ONCE = 1024

Layout = dict[SplitName, dict[str, list[Path]]]


def files(config: ImageFolderDataset) -> "ImageFolder":
    """The folder that a study file names."""
    return ImageFolder(find_root(config.root))


def find_root(root: str) -> Path:
    """``root`` where it is absolute; else below a data root where it is there, else below the working directory.

    Raises:
        UserError: there is no such folder, or it has no ``train``.
    """
    path = Path(root).expanduser()
    places = [folder / path for folder in (*data_roots(), Path.cwd())]
    found = next((place for place in dict.fromkeys(places) if place.is_dir()), None)
    if found is None:
        looked = ", ".join(str(place) for place in dict.fromkeys(places))
        raise UserError(f"data.dataset.root: no folder {root!r} (looked for {looked})")
    if not (found / "train").is_dir():
        raise UserError(f"data.dataset.root: {found} has no folder train; put images into {found}/train/SUBCLASS/")
    return found.absolute()


class ImageFolder(ImageFiles):
    """The images below one root.

    Args:
        root: the folder that holds ``train``.

    Raises:
        UserError: a part has no subclass folders, an empty or an unknown one, or lacks one that train has.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.label = root.name or "image_folder"
        self._layout: Layout = {
            part: _images_by_subclass(root / folder)
            for part, folder in FOLDERS.items()
            if part == "train" or (root / folder).is_dir()
        }
        for part in self._layout:
            unknown = [name for name in self._layout[part] if name not in self._layout["train"]]
            if unknown:
                raise UserError(
                    f"data.dataset: {root / FOLDERS[part]} has subclasses that train has not: {listed(unknown)}; "
                    "every subclass needs training images"
                )
            missing = [name for name in self._layout["train"] if name not in self._layout[part]]
            if missing:  # accuracies would be those of the others
                raise UserError(
                    f"data.dataset: {root / FOLDERS[part]} has no images of {listed(missing)}; add some, or remove the "
                    f"folder {FOLDERS[part]}, and a part of train takes its place"
                )

    def identity(self) -> Iterator[str]:
        yield str(self.root.resolve())
        hierarchy = self.root / FILE_NAME
        images = chain.from_iterable(chain.from_iterable(part.values()) for part in self._layout.values())
        yield from stamps(chain([hierarchy] if hierarchy.exists() else [], images), self.root)
        # An emptied val or test folder counts as well.
        yield from self._layout

    def contents(self, size: int | None) -> Contents:
        """See :class:`ImageFiles`.

        Raises:
            UserError: a header cannot be read, sizes differ and ``size`` is None, ``hierarchy.csv`` does not fit, or
                there is only one class.
        """
        subclass_names = list(self._layout["train"])
        class_names, class_of_subclass = read_hierarchy(self.root / FILE_NAME, subclass_names)
        if len(class_names) < 2:
            raise UserError(
                f"data.dataset: {self.root} has only one class, {class_names[0]!r}; a study needs two or more"
            )
        paths = {part: list(chain.from_iterable(self._layout[part].values())) for part in self._layout}
        shape = self._shape(list(chain.from_iterable(paths.values())), size)
        parts: dict[SplitName, Pictures] = {}
        for part, by_subclass in self._layout.items():
            counts = [len(by_subclass.get(name, ())) for name in subclass_names]
            ordered = [path for name in subclass_names for path in by_subclass.get(name, ())]
            subclasses = np.repeat(np.arange(len(subclass_names), dtype=np.int64), counts)
            parts[part] = Pictures(subclasses, shape, _reader(ordered, shape, size))
        shares = MISSING_SHARE if len(parts) == 1 else None
        return Contents(class_of_subclass, class_names, subclass_names, parts, shares)

    def _shape(self, images: Sequence[Path], size: int | None) -> tuple[int, int, int]:
        """(C, H, W) of all images: grey where all are, and their common size where none is asked for."""
        headers = list(self._headers(images))
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

    def _headers(self, images: Sequence[Path]) -> Iterator[Header]:
        description = f"looking at {self.label}"
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


def _reader(paths: Sequence[Path], shape: tuple[int, int, int], size: int | None) -> Callable[[int], Images]:
    def image(position: int) -> Images:
        decoded = read_image(paths[position], shape[0], size)
        if decoded.shape != shape:
            raise UnreadableImageError(f"{paths[position]} (its pixels are not those that its header announces)")
        return decoded

    return image


def _images_by_subclass(folder: Path) -> dict[str, list[Path]]:
    """Subclass -> its images, both in the order of their names."""
    subclasses = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    if not subclasses:
        raise UserError(f"data.dataset: {folder} has no subclass folders; put images into {folder}/SUBCLASS/")
    found = {subclass.name: sorted(_images_below(subclass)) for subclass in subclasses}
    empty = [name for name, images in found.items() if not images]
    if empty:
        raise UserError(
            f"data.dataset: no image that Pillow reads below {folder}/ in {listed(empty)}; add some, or remove it"
        )
    return found


def _refuse_unlisted(error: OSError) -> None:
    """What cannot be listed would be missing without a word."""
    raise UserError(f"data.dataset: {error.filename} cannot be listed: {error.strerror}") from error


def _images_below(folder: Path) -> Iterator[Path]:
    seen: set[str] = set()  # folders may be links, and links may form a circle
    for place, below, names in os.walk(folder, followlinks=True, onerror=_refuse_unlisted):
        real = os.path.realpath(place)
        if real in seen:
            below.clear()
            continue
        seen.add(real)
        for name in names:
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in suffixes():
                yield Path(place, name)
