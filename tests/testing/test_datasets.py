"""Every claim about data sets fails for one that breaks it, and says of which and what.

What an :class:`ImageSet` refuses by itself, and what the package's own splitting guarantees, breaks here in the data
set that a contract is given.
"""

from dataclasses import replace

import numpy as np
import pytest

from spreadtune.data import Dataset
from spreadtune.testing import DatasetContract
from tests.own_parts import shades
from tests.testing.failing import claims, failures


def drawn_anew(*, per_class=(40, 40)):
    """A user's function that draws from an unseeded generator."""
    sound = shades(per_class=per_class, subclasses=2)
    return replace(sound, images=np.random.default_rng().integers(0, 256, sound.images.shape, dtype=np.uint8))


def twice_the_same_name():
    return replace(shades(per_class=(40, 40), subclasses=2), subclass_names=["a", "b", "c", "a"])


def without_a_validation_subclass():
    sound = shades(per_class=(40, 40), subclasses=2)
    images, subclasses = sound.images[:9], np.arange(9) % 3
    return replace(sound, validation_images=images, validation_subclasses=subclasses)


SOUND = {"name": "tests.own_parts:shades", "per_class": [40, 40], "subclasses": 2}


class Changed(DatasetContract):
    """The contract of a data set whose parts are other than they should be."""

    part = SOUND

    def change(self, name, split):
        return split

    def load(self, **values):
        return _ChangedDataset(super().load(**values), self)


class _ChangedDataset:
    def __init__(self, dataset: Dataset, contract: Changed) -> None:
        self._dataset, self._contract = dataset, contract

    def split(self, name):
        return self._contract.change(name, self._dataset.split(name))

    def __getattr__(self, name):
        return getattr(self._contract, name, None) or getattr(self._dataset, name)


class FloatImages(Changed):
    def change(self, name, split):
        return replace(split, source=split.source.astype(np.float32))


class OneClassLess(Changed):
    def change(self, name, split):
        return replace(split, labels=replace(split.labels, classes=np.zeros_like(split.labels.classes)))


class FewerNames(Changed):
    class_names = ("only one",)


class OtherClassInTest(Changed):
    def change(self, name, split):
        classes = 1 - split.labels.classes if name == "test" else split.labels.classes
        return replace(split, labels=replace(split.labels, classes=classes))


class SharedImages(Changed):
    def change(self, name, split):
        return replace(split, indices=np.arange(len(split)))


class Lopsided(Changed):
    def change(self, name, split):
        if name != "validation":
            return split
        subclasses = split.labels.subclasses.copy()
        subclasses[subclasses == 1] = 0
        return replace(split, labels=replace(split.labels, subclasses=subclasses))


class GroupsWithoutNames(Changed):
    def change(self, name, split):
        return replace(split, labels=replace(split.labels, groups=split.labels.classes))


class OneGroup(Changed):
    """Of the colored digits, every image is in the first."""

    part = "colored_digits"

    def change(self, name, split):
        return replace(split, labels=replace(split.labels, groups=np.zeros_like(split.labels.groups)))


class GroupsOfBothClasses(Changed):
    part = "colored_digits"

    def change(self, name, split):
        return replace(split, labels=replace(split.labels, groups=np.arange(len(split)) % 4))


class OneFingerprint(Changed):
    fingerprint = "always the same"


class AllTheSame(Changed):
    def load(self, **values):
        return super().load()


class LostImages(Changed):
    def mean_batch_class_counts(self, batch_size, batches):
        return [10.0, 10.0]


def of_part(part):
    return type("TestIt", (DatasetContract,), {"part": part})


BROKEN = [
    (FloatImages, "shapes_types_and_ranges", "train images are float32, not uint8"),
    (OneClassLess, "every_part_holds_every_class_and_subclass", "train has no image of the class class 1"),
    (FewerNames, "names_are_as_many_as_labels", "has 1 class names for 2"),
    (of_part("tests.testing.test_datasets:twice_the_same_name"), "names_are_as_many_as_labels", "subclass name twice"),
    (OtherClassInTest, "a_subclass_has_one_class_in_all_parts", "different classes"),
    (
        GroupsWithoutNames,
        "groups_are_pairs_of_class_and_attribute_in_every_part",
        "train has groups without names",
    ),
    (OneGroup, "groups_are_pairs_of_class_and_attribute_in_every_part", "no image of the group below five, green"),
    (GroupsOfBothClasses, "groups_are_pairs_of_class_and_attribute_in_every_part", "group of several classes"),
    (SharedImages, "training_and_validation_share_no_image", "images are in training and in validation"),
    (Lopsided, "the_parts_are_stratified", "different shares of a subclass"),
    (of_part("tests.testing.test_datasets:drawn_anew"), "loading_again_gives_the_same_parts", "train images differ"),
    (
        of_part("tests.testing.test_datasets:drawn_anew"),
        "the_fingerprint_is_stable_and_knows_the_split",
        "changes from load to load",
    ),
    (OneFingerprint, "the_fingerprint_is_stable_and_knows_the_split", "have the same fingerprint"),
    (AllTheSame, "train_size_is_kept", "has 48 training images with data.train_size: 24"),
    (LostImages, "mean_class_counts_add_up_to_the_batch", "a batch of 30 images has 20.0"),
]


@pytest.mark.parametrize(("kind", "claim", "message"), BROKEN, ids=[f"{k.__name__} {c}" for k, c, _ in BROKEN])
def test_a_broken_one_is_told(kind, claim, message):
    contract = kind()
    with pytest.raises(AssertionError, match=message) as failure:
        getattr(contract, f"test_{claim}")()
    assert str(failure.value).startswith(("data set tests.", "data set colored_digits"))


def test_every_claim_can_fail():
    assert {f"test_{claim}" for _, claim, _ in BROKEN} == claims(DatasetContract)


def test_a_sound_data_set_keeps_all_of_it():
    assert failures(of_part(SOUND)()) == {}
    assert failures(Changed()) == {}


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("digit", r"data set digit: data.*: unknown data set 'digit', did you mean digits\?"),
        (SOUND | {"per_class": [1, 1]}, r"data set tests.own_parts:shades \(per_class \[1, 1\], subclasses 2\): "),
        (
            "tests.testing.test_datasets:without_a_validation_subclass",
            "without_a_validation_subclass: data.dataset: 1 of 4 subclasses .* subclass 3 of class class 1",
        ),
    ],
)
def test_a_data_set_that_cannot_be_loaded_is_told(part, message):
    with pytest.raises(AssertionError, match=message):
        of_part(part)().test_train_size_is_kept()
