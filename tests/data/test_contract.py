"""What every data set must keep, whoever wrote it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spreadtune.data import Dataset, load_dataset
from spreadtune.spec.data import DataConfig
from tests.data import data_roots

SMALL = ["cifar10", "cifar100", "mnist", "fashion_mnist"]
REAL = {"cifar10": "cifar-10-batches-py", "cifar100": "cifar-100-python", "mnist": "MNIST/raw"}
FOLDERS = ["image folder", "image folder with val and test", "image folder in one size"]
PARTS = ["digits", "digits in one size", "own", "own with an official test set", "own with all parts"]


@pytest.fixture(params=[*PARTS, *SMALL, *FOLDERS, *(f"real {name}" for name in REAL)])
def load(request, own_part, make_shapes, tmp_path, monkeypatch) -> Callable[..., Dataset]:
    name, sizes = request.param, {"size": 7} if "in one size" in request.param else {}
    part: object
    if name.startswith("digits"):
        part = "digits"
    elif name.startswith("own"):
        official = "official" in name or "all" in name
        part = {"name": own_part(make_shapes), "official_test": official, "official_validation": "all" in name}
    elif name.startswith("real"):
        part = name.removeprefix("real ")
        data_roots.real_root(REAL[part])
    else:
        monkeypatch.setenv("SPREADTUNE_DATA", str(tmp_path))
        part = _small(name, tmp_path, monkeypatch)
    return lambda **values: load_dataset(DataConfig(dataset=part, augmentation="none", **sizes, **values))


def _small(name: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Writes a small data set in the form in which it is published."""
    match name:
        case "cifar10":
            data_roots.write_cifar10(root, monkeypatch)
        case "cifar100":
            data_roots.write_cifar100(root, monkeypatch)
        case "mnist":
            data_roots.write_mnist(root)
        case "fashion_mnist":
            data_roots.write_mnist(root, "FashionMNIST")
        case _:
            subclasses = dict.fromkeys(("cat", "dog", "car"), 20)
            data_roots.write_folder(root / "photos", subclasses)
            data_roots.write_hierarchy(root / "photos", {"cat": "animal", "dog": "animal", "car": "thing"})
            for part in ("val", "test") if "val" in name else ():
                data_roots.write_folder(root / "photos", dict.fromkeys(subclasses, 4), part=part)
            return {"name": "image_folder", "root": "photos"}
    return name


@pytest.fixture
def dataset(load) -> Dataset:
    return load().unsealed("confirm")


NAMES = pytest.mark.parametrize("name", ["train", "validation", "test"])


@NAMES
def test_shapes_types_and_ranges(dataset, name):
    split = dataset.split(name)
    assert split.images.shape == (len(split), *dataset.image_shape)
    assert split.images.dtype == np.uint8
    for labels in (split.labels.classes, split.labels.subclasses, split.indices):
        assert labels.dtype == np.int64
        assert labels.shape == (len(split),)


@NAMES
def test_every_part_holds_every_class_and_subclass(dataset, name):
    split = dataset.split(name)
    assert set(split.labels.classes) == set(range(dataset.class_count))
    assert set(split.labels.subclasses) == set(range(dataset.subclass_count))


def test_names_are_as_many_as_labels(dataset):
    assert len(dataset.class_names) == dataset.class_count
    assert len(dataset.subclass_names) == dataset.subclass_count


def test_a_subclass_has_one_class_in_all_parts(dataset):
    pairs = [
        pair
        for name in ("train", "validation", "test")
        for pair in zip(dataset.split(name).labels.subclasses, dataset.split(name).labels.classes, strict=True)
    ]
    assert len(set(pairs)) == dataset.subclass_count


def test_training_and_validation_share_no_image(dataset):
    train, validation = dataset.split("train"), dataset.split("validation")
    assert train.source is not validation.source or not set(train.indices) & set(validation.indices)


def test_the_parts_are_stratified(dataset):
    shares = [
        np.bincount(dataset.split(name).labels.subclasses) / len(dataset.split(name))
        for name in ("train", "validation")
    ]
    # Rounding moves at most one image of a subclass.
    np.testing.assert_allclose(*shares, atol=1.5 / len(dataset.split("validation")))


@NAMES
def test_loading_again_gives_the_same_part(load, dataset, name):
    again = load().unsealed("confirm")
    one, other = again.split(name), dataset.split(name)
    for array, same in ((one.images, other.images), (one.indices, other.indices)):
        np.testing.assert_array_equal(array, same)
    for level, values in one.labels.by_name().items():
        np.testing.assert_array_equal(values, other.labels.by_name()[level])


def test_the_fingerprint_is_stable_and_knows_the_split(load, dataset):
    assert load().fingerprint == dataset.fingerprint
    assert load(train_size=len(dataset.split("train")) // 2).fingerprint != dataset.fingerprint


def test_train_size_is_kept(load, dataset):
    half = len(dataset.split("train")) // 2
    assert len(load(train_size=half).split("train")) == half


def test_mean_class_counts_add_up_to_the_batch(dataset):
    counts = dataset.mean_batch_class_counts(30, "shuffled")
    assert len(counts) == dataset.class_count
    assert sum(counts) == pytest.approx(30)
