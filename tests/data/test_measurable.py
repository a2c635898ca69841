import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spreadtune.data import Dataset, ImageSet
from spreadtune.data.measurable import FEW
from spreadtune.data.split_name import SPLIT_NAMES
from spreadtune.errors import UserError

TWO = [0, 1]
"""Each class is one subclass."""


def image_set(
    counts: list[int],
    class_of: list[int],
    *,
    validation: list[int] | None = None,
    test: list[int] | None = None,
    shares: tuple[int, ...] | None = None,
) -> ImageSet:
    """Images of one pixel, so many of each subclass; subclass 2 is called ``s2``, class 0 ``c0``."""
    official = {"validation": validation, "test": test}
    more = {
        f"{part}_{name}": value
        for part, given in official.items()
        if given is not None
        for name, value in (("images", blank(sum(given))), ("subclasses", repeated(given)))
    }
    return ImageSet(
        images=blank(sum(counts)),
        subclasses=repeated(counts),
        class_of_subclass=np.array(class_of),
        class_names=[f"c{k}" for k in range(max(class_of) + 1)],
        subclass_names=[f"s{s}" for s in range(len(counts))],
        shares=shares,
        **more,
    )


def blank(count: int) -> np.ndarray:
    return np.zeros((count, 1, 1, 1), dtype=np.uint8)


def repeated(counts: list[int]) -> np.ndarray:
    return np.repeat(np.arange(len(counts)), counts)


def refused(images: ImageSet, train_size: int | None = None) -> str:
    with pytest.raises(UserError) as error:
        Dataset(images, train_size)
    return str(error.value)


def test_a_class_of_one_image_is_refused_with_the_counts_of_each_part():
    assert refused(image_set([60, 1], TWO, shares=(8, 1, 1))) == (
        "data.dataset: 1 of 2 classes would be absent from a part and never measured: s1 (1 training, 0 validation, "
        "0 test); give each of them 7 images or more, so that every part gets some, or leave them out"
    )


def test_rare_subclasses_are_refused_with_their_class():
    assert refused(image_set([60, 60, 3, 3], [0, 0, 1, 1], shares=(8, 1, 1))) == (
        "data.dataset: 2 of 4 subclasses would be absent from a part and never measured: s2 of class c1 (3 training, "
        "0 validation, 0 test), s3 of class c1 (3 training, 0 validation, 0 test); give each of them 7 images or more, "
        "so that every part gets some, or leave them out"
    )


def test_an_official_part_is_held_to_the_same():
    assert refused(image_set([60, 60, 60], [0, 0, 1], test=[5, 5, 0])) == (
        "data.dataset: 1 of 3 subclasses would be absent from a part and never measured: s2 of class c1 (54 training, "
        "6 validation, 0 test); add images of them to the test part, or leave them out"
    )
    both = refused(image_set([60, 2, 60], [0, 0, 1], validation=[5, 5, 0]))
    assert "add images of them to the validation part and give each of them 6 images or more, so that" in both


def test_shares_may_starve_training_too():
    text = refused(image_set([60, 1], TWO, shares=(1, 1, 8)))
    assert "s1 (0 training, 0 validation, 1 test)" in text


def test_every_part_that_is_left_whole_may_be_thinned_by_train_size_down_to_one_image():
    images = image_set([60, 20], TWO)
    assert refused(images, train_size=2).startswith("data.train_size: 2 leaves no image of s1; 4 or more")
    assert Dataset(images, train_size=4).counts.subclasses["train"].tolist() == [3, 1]


def test_few_images_are_told_with_the_counts_of_each_part():
    [told] = Dataset(image_set([60, 60, 20], [0, 0, 1], shares=(8, 1, 1))).weaknesses
    assert told == (
        "1 of 3 subclasses has fewer than 5 images in a part, where single images decide: s2 of class c1 "
        "(16 training, 2 validation, 2 test)"
    )
    [told] = Dataset(image_set([60, 60, 60], [0, 0, 1]), train_size=9).weaknesses
    assert told.startswith("3 of 3 subclasses have fewer than 5 images in a part")
    assert "s0 of class c0 (3 training, 12 validation, 12 test)" in told


def test_of_many_small_subclasses_the_smallest_are_named():
    [told] = Dataset(image_set([10, 9, 8, 7, 12, 11, 10, 10], list(range(8)), shares=(8, 1, 1))).weaknesses
    assert "s0 (8 training, 1 validation, 1 test)" in told
    assert told.endswith(" and 3 more")


@pytest.mark.parametrize(("official", "parts"), [({}, ["validation", "test"]), ({"test": [20, 20]}, ["validation"])])
def test_a_dominant_class_is_told_for_each_part_that_is_scored(official, parts):
    told = Dataset(image_set([1000, 100], TWO, **official)).weaknesses
    assert [re.search(r"of \d+ (\w+) images are of class c0", line)[1] for line in told] == parts
    assert "always to answer it is a class accuracy of 0.909 already" in told[0]
    assert Dataset(image_set([1000, 200], TWO)).weaknesses == ()


def test_nothing_is_said_of_a_data_set_without_weaknesses(make_shapes):
    assert Dataset(make_shapes(per_subclass=30)).weaknesses == ()


@st.composite
def any_image_set(draw: st.DrawFn) -> ImageSet:
    """Two to seven subclasses under two classes or more, some parts official, any shares."""
    count = draw(st.integers(2, 7))
    classes = draw(st.integers(2, count))
    above = [
        *range(classes),
        *(draw(st.integers(0, classes - 1)) for _ in range(count - classes)),
    ]
    official = {
        part: draw(st.none() | st.lists(st.integers(0, 9), min_size=count, max_size=count).filter(any))
        for part in ("validation", "test")
    }
    cut = 1 + sum(given is None for given in official.values())
    return image_set(
        draw(st.lists(st.integers(1, 40), min_size=count, max_size=count)),
        above,
        shares=draw(st.none() | st.tuples(*[st.integers(1, 9)] * cut)),
        **official,
    )


@given(any_image_set(), st.none() | st.integers(2, 60))
def test_no_class_or_subclass_is_ever_absent_from_a_part_in_silence(images, train_size):
    """Nor are there few images of one without a word."""
    try:
        dataset = Dataset(images, train_size)
    except UserError as error:
        if not re.match(r"data\.(dataset: \d+ of \d+ (sub)?classes would be absent|train_size: )", str(error)):
            raise
        return
    parts = {name: dataset.unsealed("confirm").split(name) for name in SPLIT_NAMES}
    every = range(dataset.subclass_count)
    fewest = np.array([min((part.labels.subclasses == s).sum() for part in parts.values()) for s in every])
    assert all(set(part.labels.subclasses) == set(every) for part in parts.values())
    assert all(set(part.labels.classes) == set(range(dataset.class_count)) for part in parts.values())
    few = [line for line in dataset.weaknesses if f"fewer than {FEW} images" in line]
    assert [int(re.search(r"^(\d+) of", line)[1]) for line in few] == [sum(fewest < FEW)] * bool(min(fewest) < FEW)


@given(any_image_set())
def test_what_a_refusal_advises_is_enough(images):
    if images.validation_images is not None or images.test_images is not None:
        images = image_set(np.bincount(images.subclasses).tolist(), images.class_of_subclass.tolist())
    try:
        Dataset(images)
    except UserError as error:
        enough = int(re.search(r"give each of them (\d+) images", str(error))[1])
        counts = np.bincount(images.subclasses).clip(enough).tolist()
        Dataset(image_set(counts, images.class_of_subclass.tolist(), shares=images.shares))
