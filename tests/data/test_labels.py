from dataclasses import fields

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spreadtune.data import Dataset
from spreadtune.data.device import DeviceSplit
from spreadtune.data.hierarchy import Attribute, Hierarchy
from spreadtune.data.labels import GIVEN, Labels

ROWS = st.lists(st.integers(0, 9), max_size=20)


COLOURS = Attribute(("red", "green", "blue"), frozenset({(1, 2)}))


def some() -> Labels:
    """Ten images with an attribute: classes 0 and 1 in turn, of which 1 is never blue."""
    hierarchy = Hierarchy("ab", "wxyz", np.array([0, 1, 0, 1]), COLOURS)
    return hierarchy.labels(np.arange(10) % 4, np.array([0, 1, 2, 0, 1, 1, 0, 0, 2, 1]))


def plain() -> Labels:
    """The same without an attribute."""
    return Hierarchy("ab", "wxyz", np.array([0, 1, 0, 1])).labels(np.arange(10) % 4)


def test_classes_follow_from_the_hierarchy():
    assert some().classes.tolist() == [0, 1] * 5
    assert some().subclasses.tolist() == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1]
    assert len(some()) == 10


def test_groups_are_numbered_class_by_class_without_those_that_have_no_images():
    hierarchy = Hierarchy("ab", "wxyz", np.array([0, 1, 0, 1]), COLOURS)
    assert hierarchy.group_names == ("a, red", "a, green", "a, blue", "b, red", "b, green")
    pairs = zip(some().classes.tolist(), some().attributes.tolist(), strict=True)
    assert some().groups.tolist() == [hierarchy.groups.index(pair) for pair in pairs]


def test_without_an_attribute_there_are_no_groups():
    assert plain().attributes is plain().groups is None
    assert plain().take(slice(2)).groups is plain().map(torch.from_numpy).groups is None
    assert Hierarchy("ab", "ab", np.arange(2)).group_names == ()


@given(ROWS)
def test_what_is_taken_is_taken_of_every_level_in_arrays_and_tensors(rows):
    taken = some().take(np.array(rows, dtype=np.int64))
    on_device = some().map(torch.from_numpy).take(torch.tensor(rows, dtype=torch.long))
    for field in fields(Labels):
        whole = getattr(some(), field.name)
        assert getattr(taken, field.name).tolist() == [whole[row] for row in rows]
        assert getattr(on_device, field.name).tolist() == getattr(taken, field.name).tolist()


def test_subclasses_as_classes_are_what_the_ceiling_is_trained_on():
    fine = some().with_subclasses_as_classes()
    assert fine.classes.tolist() == fine.subclasses.tolist() == some().subclasses.tolist()


def test_the_names_of_a_label_are_those_of_the_embeddings():
    assert list(plain().by_name()) == ["class", "subclass"]
    assert list(some().by_name()) == ["class", "subclass", "attribute", "group"]


def test_what_the_source_gives_and_the_hierarchy_make_all_of_it():
    assert set(some().given()) == set(GIVEN)
    assert set(plain().given()) == {"subclasses"}
    assert set(GIVEN) | {"classes", "groups"} == {field.name for field in fields(Labels)}


@pytest.mark.parametrize("name", ["train", "validation", "test"])
def test_a_parts_labels_are_those_of_its_images_at_every_station(make_shapes, name):
    """From the source over the split to the device: one oracle, image by image."""
    image_set = make_shapes(official_test=True)
    split = Dataset(image_set, train_size=50).unsealed("confirm").split(name)
    placed = DeviceSplit.of(split, torch.device("cpu"))
    source = image_set.test_subclasses if name == "test" else image_set.subclasses
    for position, index in enumerate(split.indices):
        subclass = source[index]
        expected = {"class": image_set.class_of_subclass[subclass], "subclass": subclass}
        assert {level: values[position] for level, values in split.labels.by_name().items()} == expected
        assert {level: int(values[position]) for level, values in placed.labels.by_name().items()} == expected
