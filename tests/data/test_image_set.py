import numpy as np
import pytest

from spreadtune.errors import UserError

IMAGES = np.zeros((120, 3, 9, 8), dtype=np.uint8)


def test_classes_follow_from_the_hierarchy(make_shapes):
    image_set = make_shapes()
    names = [image_set.class_names[k] for k in image_set.labels_of["train"].classes]
    spirals = image_set.subclasses == image_set.subclass_names.index("spiral")
    assert set(np.array(names)[spirals]) == {"open"}
    assert names.count("round") == 60


@pytest.mark.parametrize(
    ("replaced", "message"),
    [
        ({"images": IMAGES.astype(np.float32)}, r"images: a uint8 array \(N, C, H, W\).*float32"),
        ({"images": IMAGES[:, 0]}, r"images: a uint8 array.*\(120, 9, 8\)"),
        ({"images": IMAGES.tolist()}, "images: a uint8 array.*list"),
        ({"images": IMAGES[:0]}, "images: empty"),
        ({"images": IMAGES[:7]}, r"subclasses: an int64 array \(7,\)"),
        ({"subclasses": np.zeros(120, dtype=np.int32)}, "subclasses: an int64 array.*int32"),
        ({"subclasses": np.full(120, 6)}, r"subclasses: \[6\] is outside 0 .. 5"),
        ({"subclasses": np.full(120, -1)}, r"subclasses: \[-1\] is outside"),
        ({"subclasses": np.arange(120) % 5}, r"subclasses: no image of \['blob'\]"),
        ({"class_of_subclass": np.zeros(5, dtype=np.int64)}, r"class_of_subclass: an int64 array \(6,\)"),
        ({"class_of_subclass": np.array([0, 1, 0, 3, 1, 0])}, r"class_of_subclass: \[3\] is outside 0 .. 2"),
        (
            {"class_of_subclass": np.array([0, 1, 0, 0, 1, 0])},
            r"class_of_subclass: no subclass of \['open'\]",
        ),
        ({"class_names": ("all",)}, "class_names: at least two"),
        ({"test_images": IMAGES}, "test_images and test_subclasses"),
        ({"test_subclasses": np.zeros(3, dtype=np.int64)}, "test_images and test_subclasses"),
        ({"test_images": IMAGES[:3], "test_subclasses": np.array([0, 1, 9])}, r"test_subclasses: \[9\]"),
        (
            {"test_images": IMAGES[:2, :, :, :5], "test_subclasses": np.array([0, 1])},
            r"test_images: shape \(3, 9, 5\) differs from images' \(3, 9, 8\)",
        ),
        ({"validation_images": IMAGES}, "validation_images and validation_subclasses"),
        (
            {"validation_images": IMAGES[:2, :2], "validation_subclasses": np.array([0, 1])},
            r"validation_images: shape \(2, 9, 8\) differs",
        ),
        ({"shares": (3, 1)}, r"shares: 3 positive numbers are needed, not \(3, 1\)"),
        ({"shares": (3, 0, 1)}, r"shares: 3 positive numbers"),
        ({"official_test": True, "shares": (3, 1, 1)}, "shares: 2 positive numbers"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(make_shapes, replaced, message):
    with pytest.raises(UserError, match=message):
        make_shapes(**replaced)
