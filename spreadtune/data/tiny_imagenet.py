"""Tiny ImageNet (Le and Yang 2015) with Chen et al. 2022's superclasses as classes, as its archive is unpacked."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from spreadtune.data.files import ByHand, Contents, Pictures, UnreadableImageError, stamps
from spreadtune.data.image_set import Images
from spreadtune.data.pictures import read_image
from spreadtune.data.root import VARIABLE, data_roots, places
from spreadtune.data.superclass_table import hierarchy_of, superclasses
from spreadtune.data.tiny_imagenet_layout import ANNOTATIONS, CLASSES, TinyLayout, read_layout
from spreadtune.errors import UserError
from spreadtune.spec.data import TinyImagenetDataset

ARCHIVE = "http://cs231n.stanford.edu/tiny-imagenet-200.zip"
SIDE = 64  # pixels, of every image


def files(config: TinyImagenetDataset) -> "TinyImagenet":
    """100,000 + 10,000 images uint8 (3, 64, 64); 52 classes of 1 to 15 subclasses, 200 in all."""
    return TinyImagenet(config)


class TinyImagenet(ByHand):
    """The archive's files. Its official validation set is the test part; its test set has no labels."""

    def __init__(self, config: TinyImagenetDataset) -> None:
        self.label, self.named = config.name, config.root
        self._config = config

    def is_at(self, place: Path) -> bool:
        return (place / "train").is_dir()

    def not_there(self, looked: Sequence[Path]) -> str:
        return (
            f"data.dataset: {self.label} is not there (looked for {', '.join(map(str, looked))}), and it is not "
            f"downloaded; unpack {ARCHIVE} into {data_roots()[0]}, or name the folder that holds "
            f"{Path(self.named).name} with --data-root or {VARIABLE}, or {Path(self.named).name} itself as "
            "data.dataset.root"
        )

    def lies_in(self, root: Path) -> bool:
        """Whether the archive was unpacked into a data root."""
        return (root / self.named / CLASSES).exists()

    def identity(self) -> Iterator[str]:
        yield str(self.root.resolve())
        images = (path for path, _ in (*self._layout.train, *self._layout.validation))
        yield from stamps([self.root / CLASSES, self.root / ANNOTATIONS, *images], self.root)
        yield from (f"{wnid} {superclass}" for wnid, superclass in self._superclasses.items())

    def contents(self, size: int | None) -> Contents:
        """See :class:`~spreadtune.data.files.ImageFiles`.

        Raises:
            UserError: there is only one superclass.
        """
        hierarchy = hierarchy_of(self._superclasses)
        if len(hierarchy.class_names) < 2:
            only = hierarchy.class_names[0]
            raise UserError(f"data.dataset.superclasses: only one, {only!r}; a study needs two or more")
        position = {wnid: number for number, wnid in enumerate(self._layout.wnids)}

        def pictures(images: Sequence[tuple[Path, str]]) -> Pictures:
            subclasses = np.array([position[wnid] for _, wnid in images], dtype=np.int64)
            side = size or SIDE
            return Pictures(hierarchy.labels(subclasses), (3, side, side), _reader([path for path, _ in images], size))

        # The test set has no labels: as in the paper, the official validation set takes its place.
        return Contents(hierarchy, {"train": pictures(self._layout.train), "test": pictures(self._layout.validation)})

    @cached_property
    def _layout(self) -> TinyLayout:
        return read_layout(self.root)

    @cached_property
    def _superclasses(self) -> dict[str, str]:
        return superclasses(self._table, self._layout.wnids)

    @cached_property
    def _table(self) -> Path | None:
        named = self._config.superclasses
        if named is None:
            return None
        looked = places(named)
        found = next((place for place in looked if place.is_file()), None)
        if found is None:
            raise UserError(f"data.dataset.superclasses: no file {named!r} (looked for {', '.join(map(str, looked))})")
        return found


def _reader(paths: Sequence[Path], size: int | None) -> Callable[[int], Images]:
    def image(position: int) -> Images:
        decoded = read_image(paths[position], 3, size)  # some of the files are grey
        if size is None and decoded.shape != (3, SIDE, SIDE):
            height, width = decoded.shape[1:]
            raise UnreadableImageError(f"{paths[position]} (it is {width}x{height}, not {SIDE}x{SIDE})")
        return decoded

    return image
