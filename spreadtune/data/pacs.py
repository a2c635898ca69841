"""PACS (Li et al. 2017, arXiv 1710.03077): seven classes in four domains, in five folds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from spreadtune.data.files import ByHand, Contents, Pictures, stamps
from spreadtune.data.hierarchy import Attribute, Hierarchy, Integers
from spreadtune.data.image_set import Images
from spreadtune.data.listed import listed
from spreadtune.data.picture_files import common_shape, reader
from spreadtune.data.pictures import resized, suffixes
from spreadtune.data.root import VARIABLE, places
from spreadtune.data.split_name import SPLIT_NAMES, SplitName
from spreadtune.errors import UserError
from spreadtune.spec.data import PacsDataset

CLASSES = ("dog", "elephant", "giraffe", "guitar", "horse", "house", "person")
DOMAINS = ("photo", "art_painting", "cartoon", "sketch")
FOLDS = 5
FOLD_SEED = 1710_03077
"""Of which image is in which fold. No study's seed enters: everyone who names a fold has these images."""


@dataclass(frozen=True, eq=False)
class Found:
    """All images, in the order of domains, classes and names.

    Attributes:
        classes: int64 (N,).
        domains: int64 (N,).
        shape: from the size that is asked for to (C, H, W).
        image: from that size to the function that gives one image.
    """

    classes: Integers
    domains: Integers
    shape: Callable[[int | None], tuple[int, int, int]]
    image: Callable[[int | None, tuple[int, int, int]], Callable[[int], Images]]


def files(config: PacsDataset) -> "Pacs":
    """The images of a fold: three fifths of each group for training, one for validation, one for the test."""
    return Pacs(config)


class Pacs(ByHand):
    """The domains' folders, ``photo/dog/NAME.jpg``, or one NumPy file with all images in one size.

    The file has ``x`` uint8 (N, H, W, 3), ``y`` and ``domain`` (N,), and the names ``classes`` and ``domains``.
    """

    def __init__(self, config: PacsDataset) -> None:
        self.label, self._config = config.name, config

    def lies_in(self, root: Path) -> bool:
        return _is_there(root / self._config.root)

    def identity(self) -> Iterator[str]:
        yield str(self._root.resolve())
        yield f"fold {self._config.fold}"
        if self._root.is_file():
            yield from stamps([self._root], self._root.parent)
        else:
            yield from stamps([path for _, _, path in _layout(self._root)], self._root)

    def contents(self, size: int | None) -> Contents:
        """See :class:`~spreadtune.data.files.ImageFiles`."""
        found = _in_one_file(self._root) if self._root.is_file() else _in_folders(self._root, self.label)
        hierarchy = Hierarchy(CLASSES, CLASSES, np.arange(len(CLASSES), dtype=np.int64), Attribute(DOMAINS))
        shape = found.shape(size)
        labels = hierarchy.labels(found.classes, found.domains)
        whole = Pictures(labels, shape, found.image(size, shape))
        assert labels.groups is not None
        fold_of = folds(labels.groups)
        return Contents(hierarchy, {part: whole.take(self._of(part, fold_of)) for part in SPLIT_NAMES})

    def _of(self, part: SplitName, fold_of: Integers) -> Integers:
        test = self._config.fold
        validation = (test + 1) % FOLDS
        chosen = {"test": fold_of == test, "validation": fold_of == validation}
        chosen["train"] = ~(chosen["test"] | chosen["validation"])
        return np.flatnonzero(chosen[part])

    @cached_property
    def _root(self) -> Path:
        looked = places(self._config.root)
        found = next(filter(_is_there, looked), None)
        if found is None:
            raise UserError(
                f"data.dataset.root: {self._config.root!r} with the folders {', '.join(DOMAINS)} is not there (looked "
                f"for {', '.join(map(str, looked))}), and it is not downloaded; name the folder that holds it with "
                f"--data-root or {VARIABLE}, or itself with data.dataset.root"
            )
        return found


def _is_there(place: Path) -> bool:
    return place.is_file() or (place / DOMAINS[0]).is_dir()


def folds(groups: Integers) -> Integers:
    """int64 (N,), the fold of each image: of every group a fifth in each, as near as whole numbers get."""
    # RandomState, not Generator: NumPy promises that its stream never changes (NEP 19), nor must a fold.
    order = np.random.RandomState(FOLD_SEED).permutation(len(groups))
    fold_of = np.empty(len(groups), dtype=np.int64)
    for group in np.unique(groups):
        members = order[groups[order] == group]
        fold_of[members] = np.arange(len(members)) % FOLDS
    return fold_of


def _layout(root: Path) -> list[tuple[int, int, Path]]:
    """Class, domain and file of every image.

    Raises:
        UserError: a folder is missing or has no image.
    """
    found: list[tuple[int, int, Path]] = []
    for domain, domain_name in enumerate(DOMAINS):
        for label, class_name in enumerate(CLASSES):
            folder = root / domain_name / class_name
            names = sorted(folder.iterdir()) if folder.is_dir() else []
            images = [path for path in names if path.suffix.lower() in suffixes() and not path.name.startswith(".")]
            if len(images) < FOLDS:
                raise UserError(
                    f"data.dataset: {folder} has {len(images)} images; {FOLDS} folds need {FOLDS} of every class in "
                    "every domain"
                )
            found += [(label, domain, path) for path in images]
    return found


def _in_folders(root: Path, label: str) -> Found:
    classes, domains, paths = zip(*_layout(root), strict=True)

    def shape(size: int | None) -> tuple[int, int, int]:
        return common_shape(paths, size, label)

    def image(size: int | None, of_shape: tuple[int, int, int]) -> Callable[[int], Images]:
        return reader(paths, of_shape, size)

    return Found(np.array(classes, dtype=np.int64), np.array(domains, dtype=np.int64), shape, image)


def _in_one_file(file: Path) -> Found:
    with _opened(file) as arrays:
        pixels: Images = arrays["x"].transpose(0, 3, 1, 2)
        classes = _numbers(file, arrays["y"], arrays["classes"].tolist(), CLASSES)
        domains = _numbers(file, arrays["domain"], arrays["domains"].tolist(), DOMAINS)

    def shape(size: int | None) -> tuple[int, int, int]:
        _, channels, height, width = pixels.shape
        return (channels, height, width) if size is None else (channels, size, size)

    def image(size: int | None, of_shape: tuple[int, int, int]) -> Callable[[int], Images]:
        return lambda position: pixels[position] if size is None else resized(pixels[position], size)

    return Found(classes, domains, shape, image)


def _opened(file: Path) -> Any:
    try:
        arrays = np.load(file, allow_pickle=False)
        missing = [name for name in ("x", "y", "domain", "classes", "domains") if name not in arrays]
    except (OSError, ValueError) as error:
        raise UserError(f"data.dataset.root: {file} cannot be read as a NumPy file: {error}") from error
    if missing:
        raise UserError(f"data.dataset.root: {file} has no array {listed(missing)}")
    return arrays


def _numbers(file: Path, values: Any, names: Sequence[str], wanted: Sequence[str]) -> Integers:
    """The numbers of a file by its own names as those of ``wanted``."""
    if sorted(names) != sorted(wanted):
        raise UserError(f"data.dataset.root: {file} names {listed(names)}; it has to name {listed(wanted)}")
    table = np.array([wanted.index(name) for name in names], dtype=np.int64)
    numbers: Integers = table[values]
    return numbers
