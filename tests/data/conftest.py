from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from spreadtune.data import ImageSet


def shapes(
    per_subclass: int = 20, official_test: bool = False, official_validation: bool = False, **replaced: Any
) -> ImageSet:
    """Random images of three classes: one with three subclasses, one with two, one with one."""
    random = np.random.default_rng(0)
    subclasses = random.permutation(np.repeat(np.arange(6), per_subclass))
    values: dict[str, Any] = {
        "images": random.integers(0, 256, (len(subclasses), 3, 9, 8), dtype=np.uint8),
        "subclasses": subclasses,
        "class_of_subclass": np.array([0, 1, 0, 2, 1, 0]),
        "class_names": ("round", "edged", "open"),
        "subclass_names": ("circle", "square", "ellipse", "spiral", "triangle", "blob"),
    }
    if official_test:
        values["test_images"] = random.integers(0, 256, (12, 3, 9, 8), dtype=np.uint8)
        values["test_subclasses"] = np.repeat(np.arange(6), 2)
    if official_validation:
        values["validation_images"] = random.integers(0, 256, (18, 3, 9, 8), dtype=np.uint8)
        values["validation_subclasses"] = np.repeat(np.arange(6), 3)
    return ImageSet(**(values | replaced))


def grouped(per_subclass: int = 20, official_test: bool = False, **replaced: Any) -> ImageSet:
    """The same with a background each, which is white in three of four images, and never of the open class."""
    plain = shapes(per_subclass, official_test=official_test)
    opened = list(plain.class_names).index("open")

    def backgrounds(subclasses: np.ndarray) -> np.ndarray:
        order = np.argsort(subclasses, kind="stable")
        black = np.zeros(len(subclasses), dtype=np.int64)
        black[order[:: 2 if len(subclasses) < 20 else 4]] = 1
        black[plain.class_of_subclass[subclasses] == opened] = 0
        return black

    values = {
        "attributes": backgrounds(plain.subclasses),
        "attribute_names": ("white", "black"),
        "absent_groups": [(opened, 1)],
    }
    if plain.test_subclasses is not None:
        values["test_attributes"] = backgrounds(plain.test_subclasses)
    return shapes(per_subclass, official_test=official_test, **(values | replaced))


@pytest.fixture
def make_shapes() -> Callable[..., ImageSet]:
    return shapes


@pytest.fixture
def make_grouped() -> Callable[..., ImageSet]:
    return grouped
