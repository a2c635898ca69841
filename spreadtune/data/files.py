"""A data set that lies in files: what identifies them, and what is in them before it is decoded."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from spreadtune.data.hierarchy import Hierarchy, Integers
from spreadtune.data.image_set import Images
from spreadtune.data.labels import Labels
from spreadtune.data.listed import listed
from spreadtune.data.root import places
from spreadtune.data.split_name import SplitName
from spreadtune.data.splits import partition
from spreadtune.errors import UserError


class UnreadableImageError(Exception):
    """One image cannot be read; the message names the file and the reason."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """The images of one part, each made when it is asked for.

    Attributes:
        labels: of these images.
        shape: (C, H, W) of every image.
        image: from a position to uint8 (C, H, W). Several threads call it at once. It raises
            :class:`UnreadableImageError`.
    """

    labels: Labels[Integers]
    shape: tuple[int, int, int]
    image: Callable[[int], Images]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, positions: Integers) -> "Pictures":
        """Some of them, in this order."""
        return Pictures(self.labels.take(positions), self.shape, lambda position: self.image(int(positions[position])))


@dataclass(frozen=True, eq=False)
class Contents:
    """An :class:`~spreadtune.data.ImageSet` whose images are still to be decoded.

    Attributes:
        parts: ``train``, and the official ``validation`` and ``test`` where there are any.
    """

    hierarchy: Hierarchy
    parts: Mapping[SplitName, Pictures]
    shares: Sequence[int] | None = None

    def check_split(self) -> None:
        """Before anything is decoded; see :func:`spreadtune.data.splits.partition`.

        Raises:
            UserError: a part would lack images of some subclass.
        """
        partition({part: of.labels for part, of in self.parts.items()}, self.hierarchy, shares=self.shares)


class ImageFiles(ABC):
    """A data set in files, found but not yet read.

    Attributes:
        label: a short name, for messages and for the folder in the cache.
    """

    label: str

    @abstractmethod
    def identity(self) -> Iterable[str]:
        """Lines that change when a file is added, removed, renamed or edited. No file is opened, torch not imported."""

    @abstractmethod
    def contents(self, size: int | None) -> Contents:
        """Opens the files.

        Args:
            size: images come out ``size`` x ``size``: the shorter side is resized to it, the middle square is kept.
                None leaves their size.

        Raises:
            UserError: the files are no such data set.
        """


class ByHand(ImageFiles):
    """A data set that is not downloaded: its folder is looked for when it is first asked for anything.

    Attributes:
        named: where it is, as the study file has it.
    """

    named: str

    @abstractmethod
    def is_at(self, place: Path) -> bool:
        """Whether this is its folder; whether it is whole is seen when it is read."""

    @abstractmethod
    def not_there(self, looked: Sequence[Path]) -> str:
        """That it is at none of these places, and what to do."""

    def lies_in(self, root: Path) -> bool:
        """Whether it is below a data root."""
        return self.is_at(root / self.named)

    @cached_property
    def root(self) -> Path:
        """Its folder.

        Raises:
            UserError: there is none.
        """
        looked = places(self.named)
        found = next(filter(self.is_at, looked), None)
        if found is None:
            raise UserError(self.not_there(looked))
        return found


def stamps(files: Iterable[Path], folder: Path) -> Iterator[str]:
    """What tells an edited file: for each its path below ``folder``, its size and the time of its last change."""
    for file in files:
        try:
            stat = file.stat()
            facts = f"{stat.st_size} {stat.st_mtime_ns}"
        except OSError:  # a link that leads nowhere; reading it will say so
            facts = "unreadable"
        yield f"{file.relative_to(folder).as_posix()} {facts}"


def refuse_broken(broken: Sequence[str]) -> None:
    """Raises one :class:`UserError` about all images that cannot be read; each is told with file and reason."""
    if broken:
        count = "1 image" if len(broken) == 1 else f"{len(broken)} images"
        raise UserError(f"data.dataset: {count} cannot be read: {listed(broken)}; repair or remove them")
