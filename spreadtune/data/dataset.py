"""A data set as a trial sees it: three parts, test sealed. Free of torch: the driver reads it too."""

import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from spreadtune.data.batch_size import check_batch_size
from spreadtune.data.cache import decoded
from spreadtune.data.files import ImageFiles
from spreadtune.data.fingerprint import fingerprint
from spreadtune.data.hierarchy import Integers
from spreadtune.data.image_set import Images, ImageSet
from spreadtune.data.labels import Labels
from spreadtune.data.measurable import weaknesses
from spreadtune.data.part_counts import PartCounts
from spreadtune.data.resize import resized_set
from spreadtune.data.split_name import SPLIT_NAMES, SplitName
from spreadtune.data.splits import Partition, count_parts, partition
from spreadtune.errors import UserError
from spreadtune.spec.data import DATASETS, DataConfig, NoDataset
from spreadtune.spec.seed import Stage


class SealedSplitError(RuntimeError):
    """The test part was asked for outside of confirmation: the program's fault, not the user's."""


@dataclass(frozen=True, eq=False)
class Split:
    """One part of a data set.

    Attributes:
        source: uint8 (M, C, H, W), the images that ``indices`` count in, other parts' among them. It may be a
            memory map that other processes share, so it is not copied here.
        labels: of the N images.
        indices: int64 (N,), positions in ``source``: the original images, or the official validation or test images.
    """

    source: Images
    labels: Labels[Integers]
    indices: Integers

    @property
    def images(self) -> Images:
        """A copy of this part's images, uint8 (N, C, H, W)."""
        return self.source[self.indices]

    def __len__(self) -> int:
        return len(self.indices)


class Dataset:
    """An :class:`ImageSet` under its fixed partition.

    Args:
        image_set: all images and labels.
        train_size: keep this many training images, stratified by subclass; None keeps all.

    Raises:
        UserError: see :func:`spreadtune.data.splits.partition`.
    """

    def __init__(self, image_set: ImageSet, train_size: int | None = None) -> None:
        self._image_set = image_set
        self._partition: Partition = partition(
            image_set.labels_of, image_set.hierarchy, shares=image_set.shares, train_size=train_size
        )
        self._sealed = True

    def split(self, name: SplitName) -> Split:
        """One part: its labels copied, its images where they are.

        Raises:
            SealedSplitError: ``test`` of a data set that is not :meth:`unsealed`.
        """
        if name == "test" and self._sealed:
            raise SealedSplitError("the test part is sealed: only the confirm stage unseals it")
        whole, indices = self._image_set, self._partition[name]
        source = whole.images_of.get(name, whole.images)
        labels = whole.labels_of.get(name, whole.labels_of["train"])
        return Split(source, labels.take(indices), indices.copy())

    def unsealed(self, stage: Stage) -> "Dataset":
        """The same data set with its test part open. This one stays sealed: a process' trials share it.

        Raises:
            SealedSplitError: in any stage but ``confirm``.
        """
        if stage != "confirm":
            raise SealedSplitError(f"the test part stays sealed in stage {stage}: only the confirm stage unseals it")
        opened = copy.copy(self)
        opened._sealed = False
        return opened

    @cached_property
    def counts(self) -> PartCounts:
        """The images of each class and subclass in every part; of a sealed one nothing more is told."""
        return count_parts(self._image_set.labels_of, self._image_set.hierarchy, self._partition)

    @property
    def weaknesses(self) -> tuple[str, ...]:
        """What measurements on its parts suffer from, a line each."""
        return tuple(weaknesses(self.counts))

    @property
    def class_count(self) -> int:
        return len(self._image_set.class_names)

    @property
    def subclass_count(self) -> int:
        return len(self._image_set.subclass_names)

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple(self._image_set.class_names)

    @property
    def subclass_names(self) -> tuple[str, ...]:
        return tuple(self._image_set.subclass_names)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        _, channels, height, width = self._image_set.images.shape
        return channels, height, width

    @property
    def has_subclasses(self) -> bool:
        """Whether a class has more than one subclass; without, transfer asks nothing new."""
        return self._image_set.hierarchy.has_subclasses

    @property
    def group_names(self) -> tuple[str, ...]:
        """``landbird, water`` and so on; empty where the data set knows no groups."""
        return self._image_set.hierarchy.group_names

    @property
    def has_groups(self) -> bool:
        """Whether images have an attribute beside their class, so that a worst group can be told."""
        return bool(self.group_names)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the image set's own fingerprint and the partition: equal for the same data only."""
        parts: dict[str, Integers] = {name: self._partition[name] for name in SPLIT_NAMES}
        return fingerprint({"image_set": self._image_set.fingerprint}, parts)

    def mean_batch_class_counts(self, batch_size: int, batches: Literal["shuffled", "balanced"]) -> list[float]:
        """The mean number of images of each class in a training batch.

        Shuffled: batch size x share of the class in the training part. Balanced: batch size / class count.

        Raises:
            UserError: no such batch can be drawn.
        """
        check_batch_size(batch_size, batches, images=len(self._partition.train), class_count=self.class_count)
        if batches == "balanced":
            return [batch_size / self.class_count] * self.class_count
        counts = self.counts.classes("train")
        return [float(count) for count in batch_size * counts / counts.sum()]


def load_dataset(config: DataConfig) -> Dataset:
    """Builds the data set that a study file names, in the size it asks for, and splits it.

    One in files comes from this machine's cache (:mod:`spreadtune.data.cache`).

    Raises:
        UserError: the files are absent, damaged or no data set; the user's own data set cannot be imported or is no
            :class:`ImageSet`; or ``data.train_size`` does not suit it.
    """
    found = DATASETS.build(config.dataset)
    if isinstance(found, ImageFiles):
        found = decoded(found, config.size)
    elif not isinstance(found, ImageSet):
        kind = type(found).__name__
        raise UserError(f"data.dataset: {config.dataset.name!r} returned {kind}; return a spreadtune.data.ImageSet")
    elif config.size is not None:
        found = resized_set(found, config.size)
    return Dataset(found, config.train_size)


def load_none(config: NoDataset) -> None:
    """What ``evaluation.transfer_to: none`` names."""
