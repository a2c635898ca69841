"""Which image belongs to training, validation and test: stratified by subclass, the same on every machine."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from spreadtune.data.image_set import Images, ImageSet, Labels
from spreadtune.errors import UserError

SplitName = Literal["train", "validation", "test"]
SPLIT_NAMES: tuple[SplitName, ...] = get_args(SplitName)

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

    train: Labels
    validation: Labels
    test: Labels


def partition(image_set: ImageSet, train_size: int | None = None) -> Partition:
    """Splits a data set in proportion to its subclasses; ``train_size`` keeps so many training images.

    Raises:
        UserError: a part has no image, or ``train_size`` exceeds the training part or empties a subclass.
    """
    official: dict[SplitName, Images | None] = {
        "validation": image_set.validation_images,
        "test": image_set.test_images,
    }
    cut = [name for name in SPLIT_NAMES if official.get(name) is None]
    shares = image_set.shares or DEFAULT_SHARES[len(cut)]
    parts: dict[SplitName, list[Labels]] = {name: [] for name in cut}
    for members in _shuffled_by_subclass(image_set.subclasses):
        cuts = np.cumsum(apportion(len(members), shares))[:-1]
        for name, piece in zip(cut, np.split(members, cuts), strict=True):
            parts[name].append(piece)
    for name, part in parts.items():
        if not any(len(piece) for piece in part):
            raise UserError(f"data.dataset: too few images of every subclass for a {name} part; give more of each")
    if train_size is not None:
        parts["train"] = _subset(parts["train"], train_size, image_set.subclass_names)
    positions = {name: np.sort(np.concatenate(part)) for name, part in parts.items()}
    positions |= {name: np.arange(len(images)) for name, images in official.items() if images is not None}
    return Partition(**positions)


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Whole numbers that add up to ``total`` and stand in the ratio of ``weights``, by the largest remainder.

    Every share is its exact quota ``total * weight / sum(weights)`` rounded down, and the units left over go
    to the largest remainders, ties to the earlier. Integer arithmetic, hence exact.
    """
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def _shuffled_by_subclass(subclasses: Labels) -> Iterator[Labels]:
    """The positions of each subclass' images in random order, subclass by subclass."""
    # RandomState, not Generator: NumPy promises that its stream never changes (NEP 19), nor must a split.
    order: NDArray[np.int64] = np.random.RandomState(SPLIT_SEED).permutation(len(subclasses))
    grouped = order[np.argsort(subclasses[order], kind="stable")]
    yield from np.split(grouped, np.cumsum(np.bincount(subclasses))[:-1])


def _subset(train: Sequence[Labels], train_size: int, names: Sequence[str]) -> list[Labels]:
    """The first images of every subclass, ``train_size`` in all."""
    counts = [len(members) for members in train]
    available = sum(counts)
    if train_size > available:
        raise UserError(f"data.train_size: {train_size} exceeds the {available} training images; use at most those")
    kept = apportion(train_size, counts)
    lost = [names[s] for s, (keep, count) in enumerate(zip(kept, counts, strict=True)) if count and not keep]
    if lost:
        enough = -(-available // min(count for count in counts if count))
        raise UserError(f"data.train_size: {train_size} leaves no image of {lost}; {enough} or more keep them all")
    return [members[:keep] for members, keep in zip(train, kept, strict=True)]
