"""Images of one's own in folders: ``root/train/SUBCLASS/``, at any depth below, and optional ``val`` and ``test``."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from spreadtune.data.files import Contents, ImageFiles, Pictures, stamps
from spreadtune.data.folder_layout import read_layout, refuse_other_names
from spreadtune.data.hierarchy_file import FILE_NAME, read_hierarchy
from spreadtune.data.names import existing_folder
from spreadtune.data.picture_files import common_shape, reader
from spreadtune.data.root import places
from spreadtune.data.split_name import SplitName
from spreadtune.errors import UserError
from spreadtune.spec.data import ImageFolderDataset

MISSING_SHARE = (8, 1, 1)
"""Training, validation and test where the folder has ``train`` only: a tenth for each that is missing."""


def files(config: ImageFolderDataset) -> "ImageFolder":
    """The folder that a study file names."""
    return ImageFolder(find_root(config.root))


def find_root(root: str) -> Path:
    """``root`` where it is absolute; else below a data root where it is there, else below the working directory.

    Raises:
        UserError: there is no such folder, or it has no ``train``, or one under another name.
    """
    found = next(filter(None, map(existing_folder, places(root))), None)
    if found is None:
        looked = ", ".join(map(str, places(root)))
        raise UserError(f"data.dataset.root: no folder {root!r} (looked for {looked})")
    if not (found / "train").is_dir():
        refuse_other_names(found)
        raise UserError(f"data.dataset.root: {found} has no folder train; put images into {found}/train/SUBCLASS/")
    return found.absolute()


class ImageFolder(ImageFiles):
    """The images below one root.

    Args:
        root: the folder that holds ``train``.

    Raises:
        UserError: see :func:`spreadtune.data.folder_layout.read_layout`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.label = root.name or "image_folder"
        self._layout = read_layout(root)

    def identity(self) -> Iterator[str]:
        yield str(self.root.resolve())
        hierarchy = self.root / FILE_NAME
        images = chain.from_iterable(chain.from_iterable(part.values()) for part in self._layout.values())
        yield from stamps(chain([hierarchy] if hierarchy.exists() else [], images), self.root)
        # An emptied val or test folder counts as well.
        yield from self._layout
        # An entry that was made before names were composed has others.
        yield from (name for name, images in self._layout["train"].items() if name not in images[0].parts)

    def contents(self, size: int | None) -> Contents:
        """See :class:`ImageFiles`.

        Raises:
            UserError: a header cannot be read, sizes differ and ``size`` is None, ``hierarchy.csv`` does not fit, or
                there is only one class.
        """
        subclass_names = list(self._layout["train"])
        hierarchy = read_hierarchy(self.root / FILE_NAME, subclass_names)
        if len(hierarchy.class_names) < 2:
            only = hierarchy.class_names[0]
            raise UserError(f"data.dataset: {self.root} has only one class, {only!r}; a study needs two or more")
        paths = {part: list(chain.from_iterable(self._layout[part].values())) for part in self._layout}
        shape = common_shape(list(chain.from_iterable(paths.values())), size, self.label)
        parts: dict[SplitName, Pictures] = {}
        for part, by_subclass in self._layout.items():
            counts = [len(by_subclass.get(name, ())) for name in subclass_names]
            ordered = [path for name in subclass_names for path in by_subclass.get(name, ())]
            subclasses = np.repeat(np.arange(len(subclass_names), dtype=np.int64), counts)
            parts[part] = Pictures(hierarchy.labels(subclasses), shape, reader(ordered, shape, size))
        shares = MISSING_SHARE if len(parts) == 1 else None
        return Contents(hierarchy, parts, shares)
