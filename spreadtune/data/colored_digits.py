"""scikit-learn's digits in two colors, of which one goes along with each class in training and does not in the test."""

from collections.abc import Mapping

import numpy as np

from spreadtune.data import digits
from spreadtune.data.apportion import apportion
from spreadtune.data.hierarchy import Integers
from spreadtune.data.image_set import Images, ImageSet
from spreadtune.data.split_name import SPLIT_NAMES, SplitName
from spreadtune.data.splits import partition
from spreadtune.spec.data import ColoredDigitsDataset, DigitsDataset

COLORS = ("red", "green")
"""That of the first class in training, and that of the second."""

AGREEING: Mapping[SplitName, tuple[int, int]] = {"train": (19, 1), "validation": (1, 1), "test": (1, 1)}
"""In each part and of each digit: images in their class's color to those in the other, as near as whole numbers get. So
95 percent agree in training, and half where worst groups are measured: there the color tells nothing."""

DRAW_SEED = 1907_02893
"""Of which image has which color. No study's seed enters: everyone who names the set has these images."""


def load(config: ColoredDigitsDataset) -> ImageSet:
    """1,797 images uint8 (3, 8, 8) in the parts of ``digits``, with its classes and subclasses; the group is class
    and color.

    A red digit has its pixels in the first channel, a green one in the second, and nothing in the others. After Colored
    MNIST (Arjovsky et al. 2019, arXiv 1907.02893), without its noise in the labels.
    """
    plain = digits.load(DigitsDataset())
    parts = partition(plain.labels_of, plain.hierarchy)
    colors = {part: _colors(plain, parts[part], part) for part in SPLIT_NAMES}
    images = {part: _painted(plain.images[parts[part]], colors[part]) for part in SPLIT_NAMES}
    return ImageSet(
        images=images["train"],
        subclasses=plain.subclasses[parts.train],
        class_of_subclass=plain.class_of_subclass,
        class_names=plain.class_names,
        subclass_names=plain.subclass_names,
        attributes=colors["train"],
        attribute_names=COLORS,
        validation_images=images["validation"],
        validation_subclasses=plain.subclasses[parts.validation],
        validation_attributes=colors["validation"],
        test_images=images["test"],
        test_subclasses=plain.subclasses[parts.test],
        test_attributes=colors["test"],
    )


def _colors(plain: ImageSet, positions: Integers, part: SplitName) -> Integers:
    """int64, the color of each image of a part."""
    subclasses = plain.subclasses[positions]
    # RandomState, not Generator: NumPy promises that its stream never changes (NEP 19), nor must the draw.
    order = np.random.RandomState([DRAW_SEED, SPLIT_NAMES.index(part)]).permutation(len(positions))
    colors = plain.class_of_subclass[subclasses].copy()
    for digit in range(len(plain.subclass_names)):
        images = order[subclasses[order] == digit]
        agreeing, _ = apportion(len(images), AGREEING[part])
        colors[images[agreeing:]] = 1 - colors[images[agreeing:]]
    return colors


def _painted(grey: Images, colors: Integers) -> Images:
    """Grey (N, 1, H, W) to color (N, 3, H, W): one channel has the pixels."""
    painted = np.zeros((len(grey), 3, *grey.shape[2:]), dtype=np.uint8)
    painted[np.arange(len(grey)), colors] = grey[:, 0]
    return painted
