"""CIFAR-100-U: how many images of each subclass there are, and which."""

import hashlib

import numpy as np
import pytest

from spreadtune.data import Dataset, load_dataset
from spreadtune.data.cifar100u import drawn
from spreadtune.data.hierarchy import Hierarchy
from spreadtune.errors import UserError
from spreadtune.runtime.doctor.folders import published_sets
from spreadtune.spec.data import DataConfig
from tests.data.data_roots import real_root, write_cifar100

KEPT = (500, 250, 100, 50, 50)
PINNED = [24, 39, 54, 59, 79, 104, 154, 224]
REAL = "cab8287187cf65d0"


def load(name: str = "cifar100u", **values: int) -> Dataset:
    return load_dataset(DataConfig(dataset=name, augmentation="none", **values)).unsealed("confirm")


@pytest.fixture
def small(tmp_path, monkeypatch) -> None:
    """Ten labels, 500 images of each, in three classes: 0, 3, 6 and 9 in the first, 1, 4, 7 in the second."""
    write_cifar100(tmp_path, monkeypatch, per_label=500)
    monkeypatch.setenv("SPREADTUNE_DATA", str(tmp_path))


def sizes(dataset: Dataset, part: str) -> list[int]:
    return np.bincount(dataset.split(part).labels.subclasses).tolist()


@pytest.mark.usefixtures("small")
def test_the_kth_label_of_a_class_keeps_its_count_and_the_test_part_everything():
    dataset = load()
    assert sizes(dataset, "train") == [450, 450, 450, 225, 225, 225, 90, 90, 90, 45]
    assert sizes(dataset, "validation") == [50, 50, 50, 25, 25, 25, 10, 10, 10, 5]
    assert sizes(dataset, "test") == [3] * 10


@pytest.mark.usefixtures("small")
def test_each_image_is_one_of_cifar100_once_with_its_label():
    whole, drawn_from = load("cifar100"), {}
    for part in ("train", "validation"):
        split = whole.split(part)
        pairs = zip(split.images, split.labels.subclasses, strict=True)
        drawn_from |= {image.tobytes(): label for image, label in pairs}
    mine = load()
    seen = [
        (image.tobytes(), label)
        for part in ("train", "validation")
        for image, label in zip(mine.split(part).images, mine.split(part).labels.subclasses, strict=True)
    ]
    assert len(dict(seen)) == len(seen) == 3 * 500 + 3 * 250 + 3 * 100 + 50
    assert all(drawn_from[image] == label for image, label in seen)
    np.testing.assert_array_equal(mine.split("test").images, whole.split("test").images)


def test_the_draw_is_random_and_the_same_on_every_machine():
    hierarchy = Hierarchy("ab", "pqrst", np.array([1, 0, 1, 0, 1]))
    subclasses = np.tile(np.arange(5), 500)
    positions = drawn(hierarchy, subclasses)
    assert np.bincount(subclasses[positions]).tolist() == [500, 500, 250, 250, 100]
    assert np.all(np.diff(positions) > 0)
    last = positions[subclasses[positions] == 4]
    assert last[:8].tolist() == PINNED
    assert last.max() > 2000, "not the first ones of the file"


def test_the_real_one():
    real_root("cifar-100-python")
    dataset = load()
    order = np.argsort(dataset.split("train").labels.classes, kind="stable")
    classes = dataset.split("train").labels.classes[order]
    assert np.bincount(classes).tolist() == [855] * 20
    for number in range(20):
        ids = np.unique(dataset.split("train").labels.subclasses[dataset.split("train").labels.classes == number])
        for part, share in (("train", 0.9), ("validation", 0.1)):
            assert [sizes(dataset, part)[label] for label in ids] == [int(count * share) for count in KEPT]
    assert sizes(dataset, "test") == [100] * 100
    images = np.concatenate([dataset.split(part).images for part in ("train", "validation")])
    assert hashlib.sha256(images.tobytes()).hexdigest()[:16] == REAL


def test_the_whole_set_is_measurable_and_a_small_training_part_is_warned_of():
    real_root("cifar-100-python")
    assert load().weaknesses == ()
    [warning] = load(train_size=950).weaknesses
    assert warning.startswith("40 of 100 subclasses have fewer than 5 images in a part")
    assert len(np.unique(load(train_size=380).split("train").labels.subclasses)) == 100
    with pytest.raises(UserError, match="380 or more keep them all"):
        load(train_size=100)


def test_doctor_knows_it_by_cifar100s_files():
    known = published_sets()
    assert known["cifar100u"].file_names == known["cifar100"].file_names
