import json
from pathlib import Path

import numpy as np
import pytest

from spreadtune.data.files import Contents, Pictures
from spreadtune.data.hierarchy import Hierarchy
from spreadtune.data.stored import DESCRIPTION, load, store

FINGERPRINT = "51a00947320818edcce1d8bfdb89090974e3cce327a9e6b6d9072b551bd717e5"
"""Of the images below, as an earlier version took it."""

IMAGES = np.arange(48, dtype=np.uint8).reshape(4, 3, 2, 2)
ARRAYS = {
    "images": IMAGES,
    "subclasses": np.array([0, 1, 2, 0]),
    "class_of_subclass": np.array([0, 1, 0]),
    "test_images": IMAGES[:3] + 100,
    "test_subclasses": np.array([2, 1, 0]),
}
DESCRIBED = {
    "format": 1,
    "class_names": ["a", "b"],
    "subclass_names": ["x", "y", "z"],
    "shares": [9, 1],
    "fingerprint": FINGERPRINT,
}


@pytest.fixture
def entry(tmp_path) -> Path:
    """An entry of format 1, file by file."""
    for name, array in ARRAYS.items():
        np.save(tmp_path / f"{name}.npy", array)
    (tmp_path / DESCRIPTION).write_text(json.dumps(DESCRIBED))
    return tmp_path


def test_an_entry_of_an_earlier_version_is_read_as_it_is(entry):
    image_set = load(entry)
    assert image_set.fingerprint == FINGERPRINT
    assert image_set.labels_of["train"].classes.tolist() == [0, 1, 0, 0]
    assert image_set.labels_of["test"].subclasses.tolist() == [2, 1, 0]
    assert image_set.labels_of.keys() == image_set.images_of.keys() == {"train", "test"}


def test_an_entry_is_written_as_earlier_versions_read_it(entry, tmp_path_factory):
    hierarchy = Hierarchy(["a", "b"], ["x", "y", "z"], ARRAYS["class_of_subclass"])
    parts = {
        part: Pictures(hierarchy.labels(subclasses), (3, 2, 2), images.__getitem__)
        for part, images, subclasses in (
            ("train", ARRAYS["images"], ARRAYS["subclasses"]),
            ("test", ARRAYS["test_images"], ARRAYS["test_subclasses"]),
        )
    }
    written = tmp_path_factory.mktemp("written")
    store(Contents(hierarchy, parts, (9, 1)), written, "few")
    assert {file.name for file in written.iterdir()} == {file.name for file in entry.iterdir()}
    assert json.loads((written / DESCRIPTION).read_text()) == DESCRIBED
    for name in ARRAYS:
        assert (written / f"{name}.npy").read_bytes() == (entry / f"{name}.npy").read_bytes()


@pytest.mark.parametrize("name", ["subclasses", "class_of_subclass", "test_subclasses"])
def test_other_labels_are_not_taken_for_these(entry, name):
    np.save(entry / f"{name}.npy", np.roll(ARRAYS[name], 1))
    with pytest.raises(ValueError, match="fingerprint differs"):
        load(entry)
