"""scikit-learn's digits in two colors."""

from collections import Counter

import numpy as np
import pytest

from spreadtune.data import load_dataset
from spreadtune.data.split_name import SPLIT_NAMES
from spreadtune.spec.data import DataConfig


def dataset(name: str):
    return load_dataset(DataConfig(dataset=name, augmentation="none")).unsealed("confirm")


def test_the_images_of_each_part_are_those_of_the_digits_in_one_channel():
    plain, colored = dataset("digits"), dataset("colored_digits")
    for part in SPLIT_NAMES:
        grey, painted = plain.split(part), colored.split(part)
        assert np.array_equal(painted.labels.subclasses, grey.labels.subclasses)
        for image, color, original in zip(painted.images, painted.labels.attributes, grey.images, strict=True):
            assert np.array_equal(image[color], original[0])
            assert image.sum() == original.astype(np.int64).sum() == image[color].astype(np.int64).sum()


@pytest.mark.parametrize(("part", "agreeing"), [("train", 0.95), ("validation", 0.5), ("test", 0.5)])
def test_so_many_of_each_digit_have_the_color_of_their_class(part, agreeing):
    """By counting, to within an image."""
    labels = dataset("colored_digits").split(part).labels
    images = Counter(labels.subclasses.tolist())
    same = Counter(labels.subclasses[labels.attributes == labels.classes].tolist())
    assert all(abs(same[digit] - agreeing * images[digit]) < 1 for digit in range(10))


def test_there_are_four_groups():
    found = dataset("colored_digits")
    assert found.group_names == (
        "below five, red",
        "below five, green",
        "five and above, red",
        "five and above, green",
    )
    assert found.counts.groups["train"].tolist() == [516, 25, 25, 512]


def test_who_names_it_has_these_images():
    assert dataset("colored_digits").fingerprint.startswith("0b5aadd425c4a7fa")
