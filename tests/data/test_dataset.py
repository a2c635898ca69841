import hashlib
import subprocess
import sys

import numpy as np
import pytest

from spreadtune.data import Dataset, SealedSplitError, load_dataset
from spreadtune.errors import UserError
from spreadtune.spec.data import DataConfig


def test_the_split_of_digits_never_changes_silently():
    dataset = load_dataset(DataConfig(dataset="digits", augmentation="none")).unsealed("confirm")
    sizes_and_digests = {
        name: (len(indices), hashlib.sha256(indices.tobytes()).hexdigest()[:16])
        for name in ("train", "validation", "test")
        for indices in [dataset.split(name).indices]
    }
    assert sizes_and_digests == {
        "train": (1078, "9247cadab75e9317"),
        "validation": (362, "df031fb3d766e9ef"),
        "test": (357, "555d47b6c38d2d00"),
    }
    assert dataset.fingerprint == "5e099307dafecdf7eff63b4b9a1fc0f4915dd00a892c079816e0c5a5dfc26a48"


def test_the_driver_reads_the_fingerprint_of_the_images_once(make_shapes, monkeypatch):
    image_set = make_shapes()
    taken = Dataset(image_set).fingerprint
    monkeypatch.setattr("spreadtune.data.image_set.fingerprint", None)
    assert Dataset(image_set).fingerprint == taken


def test_the_test_part_is_sealed_but_for_the_confirm_stage(make_shapes):
    dataset = Dataset(make_shapes())
    with pytest.raises(SealedSplitError):
        dataset.split("test")
    with pytest.raises(SealedSplitError, match="sealed in stage search"):
        dataset.unsealed("search")
    assert len(dataset.unsealed("confirm").split("test")) == 24
    with pytest.raises(SealedSplitError):
        dataset.split("test")  # the one that other trials of this process have


@pytest.mark.parametrize("name", ["train", "validation"])
def test_indices_are_positions_in_the_image_set(make_shapes, name):
    image_set = make_shapes()
    split = Dataset(image_set).split(name)
    np.testing.assert_array_equal(split.images, image_set.images[split.indices])
    np.testing.assert_array_equal(split.labels.subclasses, image_set.subclasses[split.indices])
    np.testing.assert_array_equal(split.labels.classes, image_set.labels_of["train"].classes[split.indices])


def test_without_an_official_test_set_no_image_is_left_out_or_used_twice(make_shapes):
    dataset = Dataset(make_shapes()).unsealed("confirm")
    indices = np.concatenate([dataset.split(name).indices for name in ("train", "validation", "test")])
    np.testing.assert_array_equal(np.sort(indices), np.arange(120))


def test_the_official_test_set_is_the_test_part(make_shapes):
    image_set = make_shapes(official_test=True)
    dataset = Dataset(image_set).unsealed("confirm")
    np.testing.assert_array_equal(dataset.split("test").images, image_set.test_images)
    np.testing.assert_array_equal(dataset.split("test").labels.subclasses, image_set.test_subclasses)


def test_a_split_may_be_written_to_without_harm(make_shapes):
    dataset = Dataset(make_shapes())
    dataset.split("train").images[:] = 0
    dataset.split("train").indices[:] = 0
    assert dataset.split("train").images.any()
    assert dataset.split("train").indices.any()


def test_class_equal_to_subclass_means_no_subclasses(make_shapes):
    assert Dataset(make_shapes()).has_subclasses
    flat = make_shapes(class_of_subclass=np.arange(6), class_names=tuple("abcdef"))
    assert not Dataset(flat).has_subclasses


@pytest.mark.parametrize(
    "field",
    [
        "images",
        "subclasses",
        "class_of_subclass",
        "test_images",
        "test_subclasses",
        "validation_images",
        "validation_subclasses",
    ],
)
def test_the_fingerprint_sees_every_array(make_shapes, field):
    original = make_shapes(official_test=True, official_validation=True)
    changed = getattr(original, field).copy()
    changed[[0, 1]] = changed[[1, 0]]
    if np.array_equal(changed, getattr(original, field)):
        changed[0] = changed[-1]
    other = make_shapes(official_test=True, official_validation=True, **{field: changed})
    assert Dataset(other).fingerprint != Dataset(original).fingerprint


def test_the_official_validation_set_is_the_validation_part(make_shapes):
    image_set = make_shapes(official_validation=True)
    dataset = Dataset(image_set).unsealed("confirm")
    np.testing.assert_array_equal(dataset.split("validation").images, image_set.validation_images)
    np.testing.assert_array_equal(dataset.split("validation").labels.subclasses, image_set.validation_subclasses)
    assert [len(dataset.split(name)) for name in ("train", "validation", "test")] == [108, 18, 12]


def test_size_makes_images_in_memory_square(make_shapes, own_part):
    part = {"name": own_part(make_shapes), "official_test": True, "official_validation": True}
    dataset = load_dataset(DataConfig(dataset=part, augmentation="none", size=5)).unsealed("confirm")
    assert dataset.image_shape == (3, 5, 5)
    assert [dataset.split(name).images.shape[1:] for name in ("train", "validation", "test")] == [(3, 5, 5)] * 3


def test_mean_class_counts_are_shares_of_the_training_part_or_equal(make_shapes):
    dataset = Dataset(make_shapes())  # classes of three, two and one subclasses of equal size
    assert dataset.mean_batch_class_counts(24, "shuffled") == pytest.approx([12, 8, 4])
    assert dataset.mean_batch_class_counts(24, "balanced") == [8, 8, 8]


def test_mean_class_counts_of_an_impossible_batch_are_refused(make_shapes):
    with pytest.raises(UserError, match=r"data\.batch_size: 100 exceeds the 72"):
        Dataset(make_shapes()).mean_batch_class_counts(100, "shuffled")


def test_an_own_data_set_must_return_an_image_set(own_part):
    name = own_part(lambda: "pictures")
    with pytest.raises(UserError, match=r"data\.dataset: 'own_part_of_a_test:part' returned str"):
        load_dataset(DataConfig(dataset=name, augmentation="none"))


def test_the_driver_imports_data_sets_without_torch():
    code = "import sys, spreadtune.data, spreadtune.data.digits; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
