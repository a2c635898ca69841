import numpy as np
import pytest

from spreadtune.data import Dataset, ImageSet
from spreadtune.data.splits import Partition, partition
from spreadtune.errors import UserError


def split(image_set: ImageSet, train_size: int | None = None) -> Partition:
    return partition(image_set.labels_of, image_set.hierarchy, shares=image_set.shares, train_size=train_size)


@pytest.mark.parametrize("per_subclass", [4, 5, 20, 21, 22])
def test_every_subclass_is_shared_out_alike(make_shapes, per_subclass):
    image_set = make_shapes(per_subclass)
    parts = split(image_set)
    for part, share in zip((parts.train, parts.validation, parts.test), (0.6, 0.2, 0.2), strict=True):
        counts = np.bincount(image_set.subclasses[part], minlength=6)
        assert np.all(np.abs(counts - share * per_subclass) < 1)


def test_an_official_test_set_stays_whole(make_shapes):
    image_set = make_shapes(official_test=True)
    parts = split(image_set)
    np.testing.assert_array_equal(parts.test, np.arange(12))
    np.testing.assert_array_equal(np.bincount(image_set.subclasses[parts.train]), [18] * 6)
    np.testing.assert_array_equal(np.bincount(image_set.subclasses[parts.validation]), [2] * 6)


@pytest.mark.parametrize(
    ("brought", "shares", "per_subclass"),
    [
        ({}, None, (18, 6, 6)),
        ({}, (8, 1, 1), (24, 3, 3)),
        ({"official_test": True}, None, (27, 3, 2)),
        ({"official_test": True}, (4, 1), (24, 6, 2)),
        ({"official_validation": True}, None, (27, 3, 3)),
        ({"official_validation": True, "official_test": True}, None, (30, 3, 2)),
    ],
)
def test_what_a_data_set_does_not_bring_is_cut_from_training(make_shapes, brought, shares, per_subclass):
    dataset = Dataset(make_shapes(30, **brought, shares=shares)).unsealed("confirm")
    for name, count in zip(("train", "validation", "test"), per_subclass, strict=True):
        assert np.bincount(dataset.split(name).labels.subclasses).tolist() == [count] * 6


def test_train_size_takes_a_stratified_part_of_the_training_images(make_shapes):
    image_set = make_shapes()
    whole, small = split(image_set), split(image_set, train_size=33)
    assert set(small.train) < set(whole.train)
    assert np.bincount(image_set.subclasses[small.train]).tolist() == [6, 6, 6, 5, 5, 5]
    np.testing.assert_array_equal(small.validation, whole.validation)
    np.testing.assert_array_equal(small.test, whole.test)


def test_the_partition_does_not_follow_the_order_of_the_images(make_shapes):
    train = split(make_shapes()).train
    assert not np.array_equal(train, np.arange(len(train)))


@pytest.mark.parametrize(
    ("train_size", "message"),
    [(73, "data.train_size: 73 exceeds the 72"), (5, "no image of .*blob.*; 6 or more")],
)
def test_an_impossible_train_size_is_refused(make_shapes, train_size, message):
    with pytest.raises(UserError, match=message):
        split(make_shapes(), train_size)


def test_the_size_that_the_refusal_names_is_accepted(make_shapes):
    parts = split(make_shapes(), train_size=6)
    assert len(parts.train) == 6
