"""Groups: classes crossed with an attribute, from the source of a data set to its parts."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from spreadtune.data import Dataset, ImageSet, load_dataset
from spreadtune.data.files import Contents, Pictures
from spreadtune.data.splits import partition
from spreadtune.data.stored import load, store
from spreadtune.errors import UserError
from spreadtune.spec.data import DataConfig

PARTS = ("train", "validation", "test")
NO_ATTRIBUTES = {"attributes": None, "attribute_names": (), "absent_groups": ()}


def test_every_cell_of_subclass_and_group_is_shared_out_alike(make_grouped: Any) -> None:
    """By counting: three fifths, one and one of each, to within an image."""
    image_set = make_grouped(40)
    parts = partition(image_set.labels_of, image_set.hierarchy)
    cells = [*zip(image_set.subclasses.tolist(), image_set.attributes.tolist(), strict=True)]
    whole = Counter(cells)
    for part, share in zip(PARTS, (0.6, 0.2, 0.2), strict=True):
        found = Counter(cells[i] for i in parts[part])  # type: ignore[index]
        assert all(abs(found[cell] - share * whole[cell]) < 1 for cell in whole)


def test_a_smaller_training_part_keeps_the_proportions(make_grouped: Any) -> None:
    labels = Dataset(make_grouped(40), train_size=72).split("train").labels
    whole = Dataset(make_grouped(40)).split("train").labels
    share = np.bincount(labels.groups) / 72 - np.bincount(whole.groups) / len(whole)
    assert len(labels) == 72
    assert np.abs(share).max() < 6 / 72  # an image of each subclass in it


def test_without_an_attribute_parts_are_what_they_were(make_shapes: Any, make_grouped: Any) -> None:
    plain, without = make_shapes(), make_grouped(**NO_ATTRIBUTES)
    assert plain.fingerprint == without.fingerprint
    assert Dataset(plain).fingerprint == Dataset(without).fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"attribute_names": ("white", "dark")},
        {"attributes": np.zeros(120, dtype=np.int64), "absent_groups": [(0, 1), (1, 1), (2, 1)]},
    ],
)
def test_the_fingerprint_knows_names_and_values(make_grouped: Any, change: dict[str, Any]) -> None:
    assert make_grouped(**change).fingerprint != make_grouped().fingerprint


def test_counts_are_those_of_the_parts(make_grouped: Any) -> None:
    dataset = Dataset(make_grouped(40, official_test=True)).unsealed("confirm")
    for part in PARTS:
        found = np.bincount(dataset.split(part).labels.groups, minlength=5)  # type: ignore[arg-type]
        assert dataset.counts.groups[part].tolist() == found.tolist()  # type: ignore[index]
    assert "; 5 groups of 18 (edged, black) to 81 (round, white)" in dataset.counts.described("train")


def test_the_cache_gives_back_what_it_was_given(make_grouped: Any, tmp_path: Any) -> None:
    image_set: ImageSet = make_grouped(official_test=True)
    shape = image_set.images.shape[1:]
    images = {part: image_set.images_of[part] for part in image_set.images_of}
    parts = {part: Pictures(labels, shape, images[part].__getitem__) for part, labels in image_set.labels_of.items()}
    stored = store(Contents(image_set.hierarchy, parts), tmp_path, "few")
    assert stored.fingerprint == load(tmp_path).fingerprint == image_set.fingerprint
    assert load(tmp_path).hierarchy.group_names == image_set.hierarchy.group_names


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"attributes": None}, "attributes: needed where there are attribute_names"),
        ({"official_test": True, "test_attributes": None}, "test_attributes: needed"),
        ({"test_attributes": np.zeros(12, dtype=np.int64)}, "test_attributes: of no use without"),
        ({"attribute_names": (), "absent_groups": ()}, "attributes: of no use without attribute_names"),
        (NO_ATTRIBUTES | {"absent_groups": [(0, 0)]}, "absent_groups: of no use without"),
        ({"attribute_names": ("white",)}, r"attributes: \[1\] is outside 0 .. 0"),
        ({"attribute_names": ("white", "white")}, "two or more different names are needed, not white, white"),
        ({"attributes": np.zeros(119, dtype=np.int64)}, r"attributes: an int64 array \(120,\)"),
        ({"attributes": np.full(120, 2)}, r"attributes: \[2\] is outside 0 .. 1"),
        ({"absent_groups": [(2, 1), (3, 0)]}, r"absent_groups: \(3, 0\) is no pair"),
        ({"absent_groups": []}, "attributes: no image of open, black; name in absent_groups what can have none"),
        ({"absent_groups": [(2, 1), (0, 1)]}, "absent_groups: round, black has train images; leave it out"),
        (
            {"attributes": np.zeros(120, dtype=np.int64), "absent_groups": [(2, 1)]},
            "attributes: no image of round, black; edged, black;",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(make_grouped: Any, change: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        make_grouped(**change)


def test_a_group_that_a_part_would_lack_is_refused(make_grouped: Any) -> None:
    classes = make_grouped().labels_of["train"].classes
    attributes = np.where(classes == 1, np.arange(120) % 2, 0)
    attributes[np.flatnonzero(classes == 0)[:2]] = 1
    with pytest.raises(UserError, match=r"1 of 5 groups would be absent from a part .*round, black \(1 training, 1"):
        Dataset(make_grouped(attributes=attributes))


def test_a_group_of_few_images_is_warned_of(make_grouped: Any) -> None:
    dataset = Dataset(make_grouped())
    [line] = [line for line in dataset.weaknesses if "groups" in line]
    assert line.startswith("3 of 5 groups have fewer than 5 images in a part, where single images decide: edged, black")


def test_a_few_groups_are_told_one_by_one() -> None:
    described = load_dataset(DataConfig(dataset="colored_digits", augmentation="none")).counts.described("train")
    assert described.endswith(
        "; group (below five, red) 516, group (below five, green) 25, group (five and above, red) "
        "25, group (five and above, green) 512"
    )
