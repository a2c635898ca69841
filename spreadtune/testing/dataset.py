"""What every data set has to keep, whoever wrote it."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np
from pydantic import ValidationError

from spreadtune.data import Dataset, Split, load_dataset
from spreadtune.data.split_name import SPLIT_NAMES
from spreadtune.spec.data import DATASETS, DataConfig
from spreadtune.spec.messages import problems
from spreadtune.testing.contract import Contract


class DatasetContract(Contract):
    """The contract of a ``data.dataset``, as a trial sees it: split in three parts.

    Attributes:
        values: further keys of the ``data`` section, such as ``size``.
    """

    family = DATASETS
    values: ClassVar[Mapping[str, Any]] = {}

    def load(self, **values: Any) -> Dataset:
        """The data set anew, its test part open; ``values`` are further keys of the ``data`` section."""
        section = {"dataset": self.part, "augmentation": "none", **self.values, **values}
        try:
            config = DataConfig(**section)
        except ValidationError as error:
            self.fail("; ".join(map(str, problems(error, DataConfig))))
        dataset: Dataset = self.built(lambda: load_dataset(config))
        return dataset.unsealed("confirm")

    def test_shapes_types_and_ranges(self) -> None:
        dataset = self.load()
        for name, split in _parts(dataset):
            shape, expected = split.images.shape, (len(split), *dataset.image_shape)
            self.claim(shape == expected, f"{name} images have shape {shape} where {expected} is expected")
            self.claim(split.images.dtype == np.uint8, f"{name} images are {split.images.dtype}, not uint8")
            for what, values in (("classes", split.labels.classes), ("subclasses", split.labels.subclasses)):
                whole = values.dtype == np.int64 and values.shape == (len(split),)
                self.claim(whole, f"{name} {what} are {values.dtype} {values.shape}, not int64 ({len(split)},)")
            whole = split.indices.dtype == np.int64 and split.indices.shape == (len(split),)
            self.claim(whole, f"{name} indices are not int64 ({len(split)},)")

    def test_every_part_holds_every_class_and_subclass(self) -> None:
        dataset = self.load()
        for name, split in _parts(dataset):
            for what, values, names in (
                ("class", split.labels.classes, dataset.class_names),
                ("subclass", split.labels.subclasses, dataset.subclass_names),
            ):
                counts = np.bincount(values, minlength=len(names))
                self.claim(len(counts) == len(names), f"{name} has a {what} without a name: {len(counts) - 1}")
                absent = [names[label] for label in np.flatnonzero(counts == 0)]
                self.claim(not absent, f"{name} has no image of the {what} {', '.join(map(str, absent))}")

    def test_names_are_as_many_as_labels(self) -> None:
        dataset = self.load()
        for what, names, count in (
            ("class", dataset.class_names, dataset.class_count),
            ("subclass", dataset.subclass_names, dataset.subclass_count),
        ):
            self.claim(len(names) == count, f"has {len(names)} {what} names for {count}")
            self.claim(len(set(names)) == count, f"has a {what} name twice: {', '.join(sorted(names))}")

    def test_a_subclass_has_one_class_in_all_parts(self) -> None:
        dataset = self.load()
        pairs = {
            pair
            for _, split in _parts(dataset)
            for pair in zip(split.labels.subclasses.tolist(), split.labels.classes.tolist(), strict=True)
        }
        self.claim(len(pairs) == dataset.subclass_count, "a subclass has different classes in different places")

    def test_groups_are_pairs_of_class_and_attribute_in_every_part(self) -> None:
        """Where it has groups."""
        dataset = self.load()
        for name, split in _parts(dataset):
            labels = split.labels
            if not dataset.has_groups:
                self.claim(labels.groups is None, f"{name} has groups without names")
                continue
            if labels.groups is None or labels.attributes is None:
                self.fail(f"{name} has no groups")
            counts = np.bincount(labels.groups, minlength=len(dataset.group_names))
            absent = [group for group, count in zip(dataset.group_names, counts, strict=False) if not count]
            self.claim(len(counts) == len(dataset.group_names), f"{name} has a group without a name")
            self.claim(not absent, f"{name} has no image of the group {'; '.join(absent)}")
            pairs = {*zip(labels.groups.tolist(), labels.classes.tolist(), labels.attributes.tolist(), strict=True)}
            self.claim(len(pairs) == len(counts), f"{name} has a group of several classes or attributes")

    def test_training_and_validation_share_no_image(self) -> None:
        dataset = self.load()
        train, validation = dataset.split("train"), dataset.split("validation")
        if train.source is validation.source:
            shared = set(train.indices.tolist()) & set(validation.indices.tolist())
            self.claim(not shared, f"{len(shared)} images are in training and in validation")

    def test_the_parts_are_stratified(self) -> None:
        """Where the package splits it; official parts are as they are."""
        dataset = self.load()
        train, validation = dataset.split("train"), dataset.split("validation")
        if train.source is not validation.source:
            return
        # Rounding moves at most one image of a subclass, and where there are groups one of each in it.
        moved = 1.5 * max(len(dataset.group_names), 1) / len(validation)
        for level in ("subclass", "group"):
            if level in train.labels.by_name():
                one, other = (np.bincount(split.labels.by_name()[level]) / len(split) for split in (train, validation))
                near = np.abs(one - other).max() <= moved
                self.claim(bool(near), f"training and validation have different shares of a {level}")

    def test_loading_again_gives_the_same_parts(self) -> None:
        one, other = self.load(), self.load()
        broken = "loading it twice gives two data sets: draw from a generator with a fixed seed"
        for (name, split), (_, same) in zip(_parts(one), _parts(other), strict=True):
            self.claim(np.array_equal(split.images, same.images), f"{broken} ({name} images differ)")
            self.claim(np.array_equal(split.indices, same.indices), f"{broken} ({name} indices differ)")
            for level, values in split.labels.by_name().items():
                self.claim(np.array_equal(values, same.labels.by_name()[level]), f"{broken} ({name} {level} differ)")

    def test_the_fingerprint_is_stable_and_knows_the_split(self) -> None:
        dataset = self.load()
        broken = "its fingerprint changes from load to load: draw from a generator with a fixed seed"
        self.claim(self.load().fingerprint == dataset.fingerprint, broken)
        half = self.load(train_size=len(dataset.split("train")) // 2)
        self.claim(half.fingerprint != dataset.fingerprint, "half of its training images have the same fingerprint")

    def test_train_size_is_kept(self) -> None:
        half = len(self.load().split("train")) // 2
        found = len(self.load(train_size=half).split("train"))
        self.claim(found == half, f"has {found} training images with data.train_size: {half}")

    def test_mean_class_counts_add_up_to_the_batch(self) -> None:
        dataset = self.load()
        batch = min(30, len(dataset.split("train")))
        counts = dataset.mean_batch_class_counts(batch, "shuffled")
        self.claim(len(counts) == dataset.class_count, f"has {len(counts)} counts for {dataset.class_count} classes")
        broken = f"a batch of {batch} images has {sum(counts)} in its classes"
        self.claim(abs(sum(counts) - batch) < 1e-6 * batch, broken)


def _parts(dataset: Dataset) -> Iterator[tuple[str, Split]]:
    return ((name, dataset.split(name)) for name in SPLIT_NAMES)
