"""What a data set is before it is split: images, fine labels and the hierarchy above them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from spreadtune.data.fingerprint import fingerprint
from spreadtune.data.groups import group_mistake
from spreadtune.data.hierarchy import Attribute, Hierarchy, Integers
from spreadtune.data.labels import Labels
from spreadtune.data.split_name import SplitName
from spreadtune.errors import UserError

Images = NDArray[np.uint8]

T = TypeVar("T")

PREFIX: Mapping[SplitName, str] = {"train": "", "validation": "validation_", "test": "test_"}
"""With what the names of a part's arrays begin."""

ATTRIBUTES_OF = {part: f"{prefix}attributes" for part, prefix in PREFIX.items()}


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Images with a subclass each, and the class of every subclass.

    With N images of C channels, S subclasses and K classes:

    Attributes:
        images: uint8 (N, C, H, W).
        subclasses: int64 (N,), values in 0 .. S - 1.
        class_of_subclass: int64 (S,), values in 0 .. K - 1; the identity where labels have only one level.
        class_names: K names.
        subclass_names: S names.
        test_images: the official test images, where the data set has them; the same C, H and W.
        test_subclasses: their subclasses.
        validation_images: likewise the official validation images.
        validation_subclasses: their subclasses.
        attributes: int64 (N,), values in 0 .. A - 1, of what should not matter for the class and goes along with it in
            training, such as a background; where the data set knows it. Class and attribute make the groups.
        attribute_names: names of its A >= 2 values.
        absent_groups: pairs of a class and a value of which there are no images; every other pair has some.
        test_attributes: of the official test images.
        validation_attributes: of the official validation images.
        shares: whole numbers in whose proportion ``images`` are shared out among training and those of validation
            and test that the data set does not bring, in this order; by default 3, 1 and 1 where it brings
            neither, 9 and 1 where it brings one.

    Raises:
        UserError: an array has another shape or type, a label is out of range, a class has no subclass, a
            subclass has no image, there are fewer than two classes, half of a test or validation set is missing,
            a group has no image or an absent one has, or the shares do not suit the parts.
    """

    images: Images
    subclasses: Integers
    class_of_subclass: Integers
    class_names: Sequence[str]
    subclass_names: Sequence[str]
    test_images: Images | None = None
    test_subclasses: Integers | None = None
    validation_images: Images | None = None
    validation_subclasses: Integers | None = None
    shares: Sequence[int] | None = None
    attributes: Integers | None = None
    attribute_names: Sequence[str] = ()
    absent_groups: Sequence[tuple[int, int]] = ()
    test_attributes: Integers | None = None
    validation_attributes: Integers | None = None

    def __post_init__(self) -> None:
        self._check_hierarchy()
        self._check_images("images", self.images, "subclasses", self.subclasses)
        absent = set(range(len(self.subclass_names))) - set(np.unique(self.subclasses).tolist())
        _demand(not absent, f"subclasses: no image of {[self.subclass_names[s] for s in sorted(absent)]}")
        self._check_official("test", self.test_images, self.test_subclasses)
        self._check_official("validation", self.validation_images, self.validation_subclasses)
        self._check_groups()
        parts = 3 - (self.test_images is not None) - (self.validation_images is not None)
        shares = self.shares
        fits = shares is None or (len(shares) == parts and all(share > 0 for share in shares))
        _demand(fits, f"shares: {parts} positive numbers are needed, not {shares}")

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """The names and the class of every subclass, and the groups."""
        absent = frozenset((int(k), int(a)) for k, a in self.absent_groups)
        attribute = Attribute(tuple(self.attribute_names), absent) if self.attribute_names else None
        return Hierarchy(tuple(self.class_names), tuple(self.subclass_names), self.class_of_subclass, attribute)

    @property
    def images_of(self) -> Mapping[SplitName, Images]:
        """What a part's positions count in: ``images``, and the official validation and test images where they are."""
        return _present({"train": self.images, "validation": self.validation_images, "test": self.test_images})

    @cached_property
    def labels_of(self) -> Mapping[SplitName, Labels[Integers]]:
        """The labels of these images."""
        subclasses_of = _present(
            {"train": self.subclasses, "validation": self.validation_subclasses, "test": self.test_subclasses}
        )
        return {
            part: self.hierarchy.labels(subclasses, self._attributes_of.get(part))
            for part, subclasses in subclasses_of.items()
        }

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of images, labels, names and hierarchy: equal for the same data only. Taken once."""
        facts: dict[str, list[Any]] = {
            "class_names": list(self.class_names),
            "subclass_names": list(self.subclass_names),
        }
        facts["shares"] = list(self.shares or ())
        names = ["images", "subclasses", "class_of_subclass", "test_images", "test_subclasses"]
        names += ["validation_images", "validation_subclasses"]
        if self.attribute_names:  # what has none keeps the fingerprint that it had before there were any
            facts["attribute_names"] = list(self.attribute_names)
            facts["absent_groups"] = sorted([int(k), int(a)] for k, a in self.absent_groups)
            names += ATTRIBUTES_OF.values()
        return fingerprint(facts, {name: getattr(self, name) for name in names})

    @property
    def _attributes_of(self) -> Mapping[SplitName, Integers]:
        return _present({part: getattr(self, name) for part, name in ATTRIBUTES_OF.items()})

    def _check_hierarchy(self) -> None:
        class_count, subclass_count = len(self.class_names), len(self.subclass_names)
        _demand(class_count >= 2, f"class_names: at least two classes are needed, not {class_count}")
        _check_labels("class_of_subclass", self.class_of_subclass, subclass_count, class_count)
        empty = set(range(class_count)) - set(self.class_of_subclass.tolist())
        _demand(not empty, f"class_of_subclass: no subclass of {[self.class_names[k] for k in sorted(empty)]}")

    def _check_groups(self) -> None:
        """All parts have an attribute or none has, and every group has images, unless it is said to have none."""
        named = bool(self.attribute_names)
        _demand(named or not self.absent_groups, "absent_groups: of no use without attribute_names")
        for part, name in ATTRIBUTES_OF.items():
            wanted, given = named and part in self.images_of, part in self._attributes_of
            _demand(given or not wanted, f"{name}: needed where there are attribute_names")
            _demand(wanted or not given, f"{name}: of no use without attribute_names and such images")
            if given:
                values, length = self._attributes_of[part], len(self.images_of[part])
                _check_labels(name, values, length, len(self.attribute_names))
        if named:
            mistake = group_mistake(self.hierarchy, self.labels_of)
            _demand(mistake is None, mistake or "")

    def _check_official(self, part: str, images: Images | None, subclasses: Integers | None) -> None:
        """A part that comes with the data set: whole, or not at all."""
        names = f"{part}_images", f"{part}_subclasses"
        _demand((images is None) == (subclasses is None), f"{names[0]} and {names[1]}: give both or neither")
        if images is not None and subclasses is not None:
            self._check_images(names[0], images, names[1], subclasses)
            shapes = images.shape[1:], self.images.shape[1:]
            _demand(shapes[0] == shapes[1], f"{names[0]}: shape {shapes[0]} differs from images' {shapes[1]}")

    def _check_images(self, images_name: str, images: Images, labels_name: str, labels: Integers) -> None:
        kind = f"{images.dtype} {images.shape}" if isinstance(images, np.ndarray) else type(images).__name__
        fits = isinstance(images, np.ndarray) and images.dtype == np.uint8 and images.ndim == 4
        _demand(fits, f"{images_name}: a uint8 array (N, C, H, W) is needed, not {kind}")
        _demand(images.size > 0, f"{images_name}: empty, shape {images.shape}")
        _check_labels(labels_name, labels, len(images), len(self.subclass_names))


def _present(parts: Mapping[SplitName, T | None]) -> dict[SplitName, T]:
    return {name: part for name, part in parts.items() if part is not None}


def _check_labels(name: str, labels: Integers, length: int, count: int) -> None:
    """``length`` labels, each in 0 .. count - 1."""
    kind = f"{labels.dtype} {labels.shape}" if isinstance(labels, np.ndarray) else type(labels).__name__
    fits = isinstance(labels, np.ndarray) and labels.dtype == np.int64 and labels.shape == (length,)
    _demand(fits, f"{name}: an int64 array ({length},) is needed, not {kind}")
    outside = labels[(labels < 0) | (labels >= count)]
    _demand(outside.size == 0, f"{name}: {outside[:1]} is outside 0 .. {count - 1}")


def _demand(condition: bool, message: str) -> None:
    if not condition:
        raise UserError(f"ImageSet.{message}")
