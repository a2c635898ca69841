"""What every data set must keep, whoever wrote it."""

from collections.abc import Callable

import numpy as np
import pytest

from spreadtune.data import Dataset, load_dataset
from spreadtune.spec.data import DataConfig


@pytest.fixture(params=["digits", "own", "own with an official test set"])
def load(request, own_part, make_shapes) -> Callable[..., Dataset]:
    if request.param == "digits":
        part: object = "digits"
    else:
        part = {"name": own_part(make_shapes), "official_test": "official" in request.param}
    return lambda **values: load_dataset(DataConfig(dataset=part, augmentation="none", **values))


@pytest.fixture
def dataset(load) -> Dataset:
    dataset = load()
    dataset.unseal()
    return dataset


NAMES = pytest.mark.parametrize("name", ["train", "validation", "test"])


@NAMES
def test_shapes_types_and_ranges(dataset, name):
    split = dataset.split(name)
    assert split.images.shape == (len(split), *dataset.image_shape)
    assert split.images.dtype == np.uint8
    for labels in (split.classes, split.subclasses, split.indices):
        assert labels.dtype == np.int64
        assert labels.shape == (len(split),)


@NAMES
def test_every_part_holds_every_class_and_subclass(dataset, name):
    split = dataset.split(name)
    assert set(split.classes) == set(range(dataset.class_count))
    assert set(split.subclasses) == set(range(dataset.subclass_count))


def test_names_are_as_many_as_labels(dataset):
    assert len(dataset.class_names) == dataset.class_count
    assert len(dataset.subclass_names) == dataset.subclass_count


def test_a_subclass_has_one_class_in_all_parts(dataset):
    pairs = [
        pair
        for name in ("train", "validation", "test")
        for pair in zip(dataset.split(name).subclasses, dataset.split(name).classes, strict=True)
    ]
    assert len(set(pairs)) == dataset.subclass_count


def test_training_and_validation_share_no_image(dataset):
    assert not set(dataset.split("train").indices) & set(dataset.split("validation").indices)


def test_the_parts_are_stratified(dataset):
    shares = [
        np.bincount(dataset.split(name).subclasses) / len(dataset.split(name)) for name in ("train", "validation")
    ]
    # Rounding moves at most one image of a subclass.
    np.testing.assert_allclose(*shares, atol=1.5 / len(dataset.split("validation")))


@NAMES
def test_loading_again_gives_the_same_part(load, dataset, name):
    again = load()
    again.unseal()
    for field in ("images", "classes", "subclasses", "indices"):
        np.testing.assert_array_equal(getattr(again.split(name), field), getattr(dataset.split(name), field))


def test_the_fingerprint_is_stable_and_knows_the_split(load):
    assert load().fingerprint == load().fingerprint
    assert load().fingerprint != load(train_size=50).fingerprint


def test_train_size_is_kept(load):
    assert len(load(train_size=50).split("train")) == 50


def test_mean_class_counts_add_up_to_the_batch(dataset):
    counts = dataset.mean_batch_class_counts(30, "shuffled")
    assert len(counts) == dataset.class_count
    assert sum(counts) == pytest.approx(30)
