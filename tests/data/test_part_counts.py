import numpy as np

from spreadtune.data import Dataset
from spreadtune.data.hierarchy import Hierarchy
from spreadtune.data.part_counts import PartCounts


def counts(class_of: list[int], **parts: list[int]) -> PartCounts:
    names = [f"s{s}" for s in range(len(class_of))]
    hierarchy = Hierarchy([f"c{k}" for k in range(max(class_of) + 1)], names, np.array(class_of))
    return PartCounts(hierarchy, {part: np.array(found) for part, found in parts.items()})


def test_counts_are_those_of_the_splits(make_shapes):
    dataset = Dataset(make_shapes(official_test=True), train_size=60).unsealed("confirm")
    for name in ("train", "validation", "test"):
        split = dataset.split(name)
        assert dataset.counts.classes(name).tolist() == np.bincount(split.labels.classes).tolist()
        assert dataset.counts.subclasses[name].tolist() == np.bincount(split.labels.subclasses).tolist()


def test_a_few_classes_are_told_one_by_one():
    assert counts([0, 1], train=[20, 108]).described("train") == "training 128: c0 20, c1 108"
    found = counts([0, 0, 1], validation=[1, 2, 3])
    assert found.described("validation") == "validation 6: c0 3, c1 3; s0 1, s1 2, s2 3"


def test_of_many_the_smallest_and_the_largest_are_told():
    found = counts([0, 0, 0, 1, 1, 1], train=[5, 4, 6, 9, 7, 8])
    assert found.described("train") == "training 39: c0 15, c1 24; 6 subclasses of 4 (s1) to 9 (s3)"
    alike = counts([0, 1, 2, 3, 4], test=[5] * 5)
    assert alike.described("test") == "test 25: 5 classes of 5 each"
