"""Which image belongs to training, validation and test: stratified by subclass and group, alike on every machine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spreadtune.data.apportion import apportion
from spreadtune.data.hierarchy import Hierarchy, Integers
from spreadtune.data.labels import Labels
from spreadtune.data.listed import listed
from spreadtune.data.measurable import refuse_absent
from spreadtune.data.part_counts import PartCounts
from spreadtune.data.split_name import SPLIT_NAMES, SplitName
from spreadtune.errors import UserError

SPLIT_SEED = 2204_07596
"""The seed of every split. No study seed enters: repetitions differ in training, never in their images."""

DEFAULT_SHARES = {3: (3, 1, 1), 2: (9, 1), 1: (1,)}
"""By the number of parts that are cut: training, validation and test 60, 20 and 20 percent; where the data set
brings validation or test, 90 percent training and 10 the other."""


@dataclass(frozen=True, eq=False)
class Partition:
    """Ascending int64 positions of each part's images.

    ``train`` counts in ``ImageSet.images``, ``validation`` and ``test`` in ``ImageSet.validation_images`` and
    ``test_images`` where the set has them, else in ``ImageSet.images`` too.
    """

    train: Integers
    validation: Integers
    test: Integers

    def __getitem__(self, part: SplitName) -> Integers:
        positions: Integers = getattr(self, part)
        return positions


def partition(
    labels: Mapping[SplitName, Labels[Integers]],
    hierarchy: Hierarchy,
    *,
    shares: Sequence[int] | None = None,
    train_size: int | None = None,
) -> Partition:
    """Splits a data set in proportion to its subclasses and groups; ``train_size`` keeps so many training images.

    Args:
        labels: of the images that parts are cut from (``train``), and of the official validation and test images
            where the data set brings them.
        hierarchy: what they mean.
        shares: the proportion of the parts that are cut; :data:`DEFAULT_SHARES` by default.
        train_size: None keeps all.

    Raises:
        UserError: a part has no image of some subclass or group, or ``train_size`` exceeds the training part or empties
            a subclass or group.
    """
    cut = [name for name in SPLIT_NAMES if name == "train" or name not in labels]
    shares = shares or DEFAULT_SHARES[len(cut)]
    parts: dict[SplitName, list[Integers]] = {name: [] for name in cut}
    cells = _cells(labels["train"])
    for members in _shuffled_by_cell(cells):
        cuts = np.cumsum(apportion(len(members), shares))[:-1]
        for name, piece in zip(cut, np.split(members, cuts), strict=True):
            parts[name].append(piece)
    positions = {name: np.arange(len(official)) for name, official in labels.items()}
    positions |= {name: np.sort(np.concatenate(part)) for name, part in parts.items()}
    refuse_absent(count_parts(labels, hierarchy, Partition(**positions)), cut, shares)
    if train_size is not None:
        kept = _subset(parts["train"], train_size, _cell_names(cells, labels["train"], hierarchy))
        positions["train"] = np.sort(np.concatenate(kept))
    return Partition(**positions)


def count_parts(labels: Mapping[SplitName, Labels[Integers]], hierarchy: Hierarchy, partition: Partition) -> PartCounts:
    """The images of each subclass and group in every part of a partition."""
    cut = {name for name in SPLIT_NAMES if name == "train" or name not in labels}
    # An official part is whole, so none of its images is looked up: one that is sealed is counted and no more.
    parts = {name: labels["train"].take(partition[name]) if name in cut else labels[name] for name in SPLIT_NAMES}
    size = len(hierarchy.subclass_names)
    groups = {name: of.groups for name, of in parts.items() if of.groups is not None}
    return PartCounts(
        hierarchy,
        {name: np.bincount(of.subclasses, minlength=size) for name, of in parts.items()},
        {name: np.bincount(of_part, minlength=len(hierarchy.groups)) for name, of_part in groups.items()},
    )


def _cells(labels: Labels[Integers]) -> Integers:
    """int64 (N,), by what parts are stratified: the subclass, and the group where there is one, counted from 0 without
    gaps."""
    keys = labels.subclasses
    if labels.groups is not None:
        keys = keys * (labels.groups.max() + 1) + labels.groups
    cells: Integers = np.unique(keys, return_inverse=True)[1]
    return cells


def _cell_names(cells: Integers, labels: Labels[Integers], hierarchy: Hierarchy) -> list[str]:
    """Of each cell, what its images are called."""
    first = np.unique(cells, return_index=True)[1]
    if labels.groups is None:
        return [str(hierarchy.subclass_names[labels.subclasses[image]]) for image in first]
    of_group = [hierarchy.group_names[labels.groups[image]] for image in first]
    if not hierarchy.has_subclasses:
        return of_group
    of_subclass = [hierarchy.subclass_names[labels.subclasses[image]] for image in first]
    return [f"{subclass} in {group}" for subclass, group in zip(of_subclass, of_group, strict=True)]


def _shuffled_by_cell(cells: Integers) -> Iterator[Integers]:
    """The positions of each cell's images in random order, cell by cell."""
    # RandomState, not Generator: NumPy promises that its stream never changes (NEP 19), nor must a split.
    order: NDArray[np.int64] = np.random.RandomState(SPLIT_SEED).permutation(len(cells))
    grouped = order[np.argsort(cells[order], kind="stable")]
    yield from np.split(grouped, np.cumsum(np.bincount(cells))[:-1])


def _subset(train: Sequence[Integers], train_size: int, names: Sequence[str]) -> list[Integers]:
    """The first images of every cell, ``train_size`` in all."""
    counts = [len(members) for members in train]
    available = sum(counts)
    if train_size > available:
        raise UserError(f"data.train_size: {train_size} exceeds the {available} training images; use at most those")
    kept = apportion(train_size, counts)
    lost = [names[s] for s, (keep, count) in enumerate(zip(kept, counts, strict=True)) if count and not keep]
    if lost:
        enough = -(-available // min(count for count in counts if count))
        raise UserError(
            f"data.train_size: {train_size} leaves no image of {listed(lost)}; {enough} or more keep them all"
        )
    return [members[:keep] for members, keep in zip(train, kept, strict=True)]
