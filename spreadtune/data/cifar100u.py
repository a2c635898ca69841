"""CIFAR-100-U: CIFAR-100 with subclasses of unequal size (Chen et al. 2022)."""

from dataclasses import replace

import numpy as np

from spreadtune.data import cifar100
from spreadtune.data.hierarchy import Hierarchy, Integers
from spreadtune.data.published import Published
from spreadtune.spec.data import Cifar100Dataset, Cifar100uDataset

KEPT = (500, 250, 100, 50, 50)
"""Training images of the first, second ... subclass of each class, in the order of their ids."""

DRAW_SEED = 2009_0408
"""The seed of the draw. Neither a study's seed nor the split's enters: everyone who names the set has these images."""


def files(config: Cifar100uDataset) -> Published:
    """CIFAR-100's files; of its training images 19,000 are kept, all 10,000 test images stay."""
    return replace(cifar100.files(Cifar100Dataset()), label="cifar100u", kept=drawn)


def drawn(hierarchy: Hierarchy, subclasses: Integers) -> Integers:
    """Which training images are kept, drawn without replacement.

    Args:
        hierarchy: what the subclasses mean.
        subclasses: int64 (N,), of all training images.

    Returns:
        int64, ascending positions: of every class' k-th subclass by id ``KEPT[k]`` images.
    """
    # RandomState, not Generator: NumPy promises that its stream never changes (NEP 19), nor must the draw.
    order = np.random.RandomState(DRAW_SEED).permutation(len(subclasses))
    kept = [order[subclasses[order] == subclass][:count] for subclass, count in _counts(hierarchy)]
    return np.sort(np.concatenate(kept))


def _counts(hierarchy: Hierarchy) -> list[tuple[int, int]]:
    """Of each class' subclasses, in the order of their ids: how many images are kept."""
    below = (np.flatnonzero(hierarchy.class_of_subclass == number) for number in range(len(hierarchy.class_names)))
    return [(int(subclass), count) for members in below for subclass, count in zip(members, KEPT, strict=False)]
