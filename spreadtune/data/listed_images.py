"""Images that a table lists, each with its class, its attribute and its part."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

import numpy as np

from spreadtune.data.files import ByHand, Contents, Pictures, stamps
from spreadtune.data.hierarchy import Attribute, Hierarchy, group_name
from spreadtune.data.listed import listed
from spreadtune.data.picture_files import common_shape, reader
from spreadtune.data.root import VARIABLE
from spreadtune.data.split_name import SPLIT_NAMES, SplitName
from spreadtune.data.table import Line
from spreadtune.errors import UserError


@dataclass(frozen=True)
class ListedImage:
    """A line of the table.

    Attributes:
        path: of the image, below the data set's folder, with ``/``.
        label: its class, from 0.
        attribute: its value, from 0.
        part: where it belongs.
        line: where it stands.
    """

    path: str
    label: int
    attribute: int
    part: SplitName
    line: Line


@dataclass(frozen=True, eq=False)
class Listing:
    """What a table says.

    Attributes:
        class_names: K names.
        attribute: its values, and which pairs of class and value there are none of.
        images: in the order of the table.
    """

    class_names: Sequence[str]
    attribute: Attribute
    images: Sequence[ListedImage]


class ListedImages(ByHand):
    """The images of a table. Subclasses are the classes.

    Args:
        label: what the data set is called.
        root: the folder below which the images lie, as the study file has it.
        holds: a file or folder in it, by which it is known.
        tables: from that folder to the files that list the images.
        read: what these say.
    """

    def __init__(
        self,
        label: str,
        root: str,
        holds: str,
        tables: Callable[[Path], Sequence[Path]],
        read: Callable[[Sequence[Path]], Listing],
    ) -> None:
        self.label, self.named, self._holds, self._find_tables, self._read = label, root, holds, tables, read

    def is_at(self, place: Path) -> bool:
        return (place / self._holds).exists()

    def not_there(self, looked: Sequence[Path]) -> str:
        where = ", ".join(str(place / self._holds) for place in looked)
        return (
            f"data.dataset.root: {self._holds} of {self.named!r} is not there (looked for {where}), and it is not "
            f"downloaded; name the folder that holds {Path(self.named).name} with --data-root or {VARIABLE}, or itself "
            "with data.dataset.root"
        )

    def identity(self) -> Iterator[str]:
        yield str(self.root.resolve())
        yield from stamps([*self._tables, *self._paths], self.root)

    def contents(self, size: int | None) -> Contents:
        """See :class:`~spreadtune.data.files.ImageFiles`.

        Raises:
            UserError: an image is listed twice, lies outside of the folder, is not there, or is of a group that has
                none; see :func:`~spreadtune.data.picture_files.common_shape` too.
        """
        listing, paths = self._listing, self._paths
        absent = [image for image, path in zip(listing.images, paths, strict=True) if not path.is_file()]
        if absent:
            named = listed([f"{image.path} (line {image.line.number})" for image in absent])
            raise UserError(
                f"data.dataset: {len(absent)} of the images that {absent[0].line.file} lists are not below "
                f"{self.root}: {named}; add them, or leave their lines out"
            )
        _refuse_declared_absent(listing)
        names = tuple(listing.class_names)
        hierarchy = Hierarchy(names, names, np.arange(len(names), dtype=np.int64), listing.attribute)
        shape = common_shape(paths, size, self.label)
        parts: dict[SplitName, Pictures] = {}
        for part in SPLIT_NAMES:
            rows = [row for row, image in enumerate(listing.images) if image.part == part]
            if rows:
                images = [listing.images[row] for row in rows]
                classes = np.array([image.label for image in images], dtype=np.int64)
                values = np.array([image.attribute for image in images], dtype=np.int64)
                labels = hierarchy.labels(classes, values)
                parts[part] = Pictures(labels, shape, reader([paths[row] for row in rows], shape, size))
        return Contents(hierarchy, parts)

    @cached_property
    def _tables(self) -> Sequence[Path]:
        return self._find_tables(self.root)

    @cached_property
    def _listing(self) -> Listing:
        return self._read(self._tables)

    @cached_property
    def _paths(self) -> list[Path]:
        seen: dict[str, ListedImage] = {}
        for image in self._listing.images:
            if image.path in seen:
                raise image.line.mistake(f"{image.path} is in line {seen[image.path].line.number} too; remove one")
            seen[image.path] = image
        return [self.root / _inside(image) for image in self._listing.images]


def _refuse_declared_absent(listing: Listing) -> None:
    for image in listing.images:
        if (image.label, image.attribute) in listing.attribute.absent:
            group = group_name(listing.class_names[image.label], listing.attribute.names[image.attribute])
            raise image.line.mistake(f"{image.path} is of {group}, of which there are no images; correct the line")


def _inside(image: ListedImage) -> PurePosixPath:
    path = PurePosixPath(image.path.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        raise image.line.mistake(f"{image.path} leads out of the data set's folder; give its path inside")
    return path
