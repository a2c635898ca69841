"""PACS (Li et al. 2017, arXiv 1710.03077): seven classes in four domains, in five folds."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from spreadtune.data.files import ByHand, Contents, Pictures, stamps
from spreadtune.data.hierarchy import Attribute, Hierarchy, Integers
from spreadtune.data.listed import listed
from spreadtune.data.picture_files import array_pictures, common_shape, reader
from spreadtune.data.pictures import suffixes
from spreadtune.data.root import VARIABLE
from spreadtune.data.split_name import SPLIT_NAMES, SplitName
from spreadtune.errors import UserError
from spreadtune.spec.data import PacsDataset

CLASSES = ("dog", "elephant", "giraffe", "guitar", "horse", "house", "person")
DOMAINS = ("photo", "art_painting", "cartoon", "sketch")
HIERARCHY = Hierarchy(CLASSES, CLASSES, np.arange(len(CLASSES), dtype=np.int64), Attribute(DOMAINS))
FOLDS = 5
FOLD_SEED = 1710_03077
"""Of which image is in which fold. No study's seed enters: everyone who names a fold has these images."""


def files(config: PacsDataset) -> "Pacs":
    """The images of a fold: three fifths of each group for training, one for validation, one for the test."""
    return Pacs(config)


class Pacs(ByHand):
    """The domains' folders, ``photo/dog/NAME.jpg``, or one NumPy file with all images in one size.

    The file has ``x`` uint8 (N, H, W, 3), ``y`` and ``domain`` (N,), and the names ``classes`` and ``domains``.
    """

    def __init__(self, config: PacsDataset) -> None:
        self.label, self.named, self._fold = config.name, config.root, config.fold

    def is_at(self, place: Path) -> bool:
        return place.is_file() or (place / DOMAINS[0]).is_dir()

    def not_there(self, looked: Sequence[Path]) -> str:
        return (
            f"data.dataset.root: {self.named!r} with the folders {', '.join(DOMAINS)} is not there (looked for "
            f"{', '.join(map(str, looked))}), and it is not downloaded; name the folder that holds it with --data-root "
            f"or {VARIABLE}, or itself with data.dataset.root"
        )

    def identity(self) -> Iterator[str]:
        yield str(self.root.resolve())
        yield f"fold {self._fold}"
        if self.root.is_file():
            yield from stamps([self.root], self.root.parent)
        else:
            yield from stamps([path for _, _, path in self._layout], self.root)

    def contents(self, size: int | None) -> Contents:
        """See :class:`~spreadtune.data.files.ImageFiles`."""
        whole = _of_file(self.root, size) if self.root.is_file() else self._of_folders(size)
        assert whole.labels.groups is not None
        # 0 is the test part, 1 validation, and all others train.
        place = (folds(whole.labels.groups) - self._fold) % FOLDS
        chosen: dict[SplitName, Any] = {"train": place > 1, "validation": place == 1, "test": place == 0}
        return Contents(HIERARCHY, {part: whole.take(np.flatnonzero(chosen[part])) for part in SPLIT_NAMES})

    @cached_property
    def _layout(self) -> list[tuple[int, int, Path]]:
        return _layout(self.root)

    def _of_folders(self, size: int | None) -> Pictures:
        classes, domains, paths = zip(*self._layout, strict=True)
        labels = HIERARCHY.labels(np.array(classes, dtype=np.int64), np.array(domains, dtype=np.int64))
        shape = common_shape(paths, size, self.label)
        return Pictures(labels, shape, reader(paths, shape, size))


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


def _of_file(file: Path, size: int | None) -> Pictures:
    with _opened(file) as arrays:
        classes = _numbers(file, arrays["y"], arrays["classes"].tolist(), CLASSES)
        domains = _numbers(file, arrays["domain"], arrays["domains"].tolist(), DOMAINS)
        return array_pictures(HIERARCHY.labels(classes, domains), arrays["x"].transpose(0, 3, 1, 2), size)


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
