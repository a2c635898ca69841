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


@pytest.fixture
def make_shapes() -> Callable[..., ImageSet]:
    return shapes
