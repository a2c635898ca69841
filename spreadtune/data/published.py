"""Published data sets that torchvision downloads, verifies and reads. It is imported only when files are read."""

import io
import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext, redirect_stderr
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from spreadtune.data.files import Contents, ImageFiles, Pictures, stamps
from spreadtune.data.hierarchy import Hierarchy, Integers
from spreadtune.data.image_set import Images
from spreadtune.data.listed import listed
from spreadtune.data.root import VARIABLE, data_roots
from spreadtune.data.split_name import SplitName
from spreadtune.errors import UserError


@dataclass(frozen=True, eq=False)
class Published(ImageFiles):
    """A data set with an official test set, in the files it is published in.

    Attributes:
        label: what a study file calls it.
        kind: the class in ``torchvision.datasets``.
        folder: where the files lie below a data root.
        file_names: all of them.
        hierarchy: from that folder, which is whole, to the names and the hierarchy.
        damaged: from torchvision's class and that folder to the names of files that are not as published.
        kept: from the hierarchy and the training images' subclasses to the positions of those that the data set has;
            None: all.
    """

    label: str
    kind: str
    folder: str
    file_names: tuple[str, ...]
    hierarchy: Callable[[Path], Hierarchy]
    damaged: Callable[[Any, Path], list[str]]
    kept: Callable[[Hierarchy, Integers], Integers] | None = None

    def identity(self) -> Iterator[str]:
        yield from stamps((self._place / name for name in self.file_names), self._root)

    def contents(self, size: int | None) -> Contents:
        """See :class:`~spreadtune.data.files.ImageFiles`.

        Raises:
            UserError: a file is damaged.
        """
        kind = self._torchvision()
        if damaged := self.damaged(kind, self._place):
            raise UserError(
                f"data.dataset: {self.label} in {self._place} is damaged ({listed(damaged)}: not as published); "
                "delete these files, and they are downloaded again, or replace them"
            )
        train, test = (kind(self._root, train=train) for train in (True, False))
        hierarchy = self.hierarchy(self._place)
        of_parts: dict[SplitName, Any] = {"train": train, "test": test}
        parts = {name: _pictures(part, hierarchy, size) for name, part in of_parts.items()}
        if self.kept is not None:
            parts["train"] = parts["train"].take(self.kept(hierarchy, parts["train"].labels.subclasses))
        return Contents(hierarchy, parts)

    @property
    def _place(self) -> Path:
        return self._root / self.folder

    @cached_property
    def _root(self) -> Path:
        """The data root that holds the files, which are downloaded where none does."""
        return self._found() or self._downloaded()

    def _found(self) -> Path | None:
        return next((root for root in data_roots() if self.lies_in(root)), None)

    def lies_in(self, root: Path) -> bool:
        """Whether all its files are below a data root; whether they are whole is seen when they are read."""
        return all((root / self.folder / name).exists() for name in self.file_names)

    def _downloaded(self) -> Path:
        roots = data_roots()
        root = roots[0]
        kind = self._torchvision()
        try:
            root.mkdir(parents=True, exist_ok=True)
            with FileLock(root / f".{self.label}.lock"):
                if found := self._found():  # another process was faster
                    return found
                with _quiet():
                    kind(root, download=True)
        except Exception as error:  # whatever a broken connection, a damaged archive or a folder's rights lead to
            missing = [name for name in self.file_names if not (root / self.folder / name).exists()]
            reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
            raise UserError(
                f"data.dataset: {self.label} is not in {' or '.join(map(str, roots))}, and downloading it to {root} "
                f"failed ({reason}); put {listed(missing)} into {root / self.folder}, or name the folder that "
                f"holds {self.folder} with --data-root or {VARIABLE}"
            ) from error
        return root

    def _torchvision(self) -> Any:
        import torchvision.datasets

        return getattr(torchvision.datasets, self.kind)


def wrong_checksums(kind: Any, folder: Path) -> list[str]:
    """CIFAR's files whose MD5 is not the one that torchvision knows."""
    from torchvision.datasets.utils import check_integrity

    checksums = [*kind.train_list, *kind.test_list, (kind.meta["filename"], kind.meta["md5"])]
    return [name for name, checksum in checksums if not check_integrity(folder / name, checksum)]


def wrong_lengths(kind: Any, folder: Path) -> list[str]:
    """MNIST's unpacked files, of which no checksum is published, that are not as long as their header says."""
    return [name for name in IDX_FILES if not _is_whole_idx(folder / name)]


IDX_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def _is_whole_idx(file: Path) -> bool:
    """Two zeros, the type (8: uint8), the number of dimensions, each dimension as four bytes, then the values."""
    with file.open("rb") as stream:
        start = stream.read(4)
        if len(start) < 4 or start[:3] != b"\0\0\x08":
            return False
        sides = stream.read(4 * start[3])
    if len(sides) < 4 * start[3]:
        return False
    values = math.prod(int.from_bytes(sides[at : at + 4], "big") for at in range(0, len(sides), 4))
    return file.stat().st_size == 4 + len(sides) + values


def _pictures(part: Any, hierarchy: Hierarchy, size: int | None) -> Pictures:
    """torchvision's images, (N, H, W) or (N, H, W, C), one by one."""
    from spreadtune.data.picture_files import array_pictures

    values: Images = np.asarray(part.data)
    pixels = values[:, None] if values.ndim == 3 else values.transpose(0, 3, 1, 2)
    return array_pictures(hierarchy.labels(np.asarray(part.targets, dtype=np.int64)), pixels, size)


def _quiet() -> Any:
    """torchvision shows a bar while it downloads, which only a person should see."""
    return nullcontext() if os.isatty(2) and sys.stderr.isatty() else redirect_stderr(io.StringIO())
