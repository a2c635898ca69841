"""The contract of data sets, for every data set of the package and one of a user's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spreadtune.spec.data import DATASETS
from spreadtune.testing import DatasetContract
from tests.data import data_roots, group_roots

GROUPED = ["waterbirds", "celeba", "isic", "pacs", "grouped_images"]
SMALL = ["cifar10", "cifar100", "cifar100u", "mnist", "fashion_mnist", "tiny_imagenet"]
REAL = {
    "cifar10": "cifar-10-batches-py",
    "cifar100": "cifar-100-python",
    "cifar100u": "cifar-100-python",
    "mnist": "MNIST/raw",
    "tiny_imagenet": "tiny-imagenet-small",
    "pacs": "pacs32.npz",
}
FOLDERS = ["image folder", "image folder with val and test", "image folder in one size"]
PARTS = [
    "digits",
    "colored_digits",
    "digits in one size",
    "own",
    "own with an official test set",
    "own with all parts",
    "own with groups",
]


def _written(name: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> str | dict[str, str]:
    """Writes a small data set in the form in which it is published."""
    match name:
        case "cifar10":
            data_roots.write_cifar10(root, monkeypatch)
        case "cifar100":
            data_roots.write_cifar100(root, monkeypatch)
        case "cifar100u":
            data_roots.write_cifar100(root, monkeypatch, per_label=500)
        case "mnist":
            data_roots.write_mnist(root)
        case "fashion_mnist":
            data_roots.write_mnist(root, "FashionMNIST")
        case "waterbirds":
            group_roots.write_waterbirds(root)
        case "celeba":
            group_roots.write_celeba(root)
        case "isic":
            group_roots.write_isic(root)
        case "pacs":
            group_roots.write_pacs(root)
        case "grouped_images":
            return {"name": "grouped_images", "root": group_roots.write_grouped(root).name}
        case "tiny_imagenet":
            data_roots.write_tiny_imagenet(root / "tiny-imagenet-200", training=10)
        case _:
            subclasses = dict.fromkeys(("cat", "dog", "car"), 20)
            data_roots.write_folder(root / "photos", subclasses)
            data_roots.write_hierarchy(root / "photos", {"cat": "animal", "dog": "animal", "car": "thing"})
            for part in ("val", "test") if "val" in name else ():
                data_roots.write_folder(root / "photos", dict.fromkeys(subclasses, 4), part=part)
            return {"name": "image_folder", "root": "photos"}
    return name


def test_every_data_set_of_the_package_is_tried():
    names = (*PARTS, *SMALL, *GROUPED, *FOLDERS)
    tried = {name.partition(" in ")[0].replace("image folder", "image_folder") for name in names}
    assert set(DATASETS.names) <= tried


class TestDatasets(DatasetContract):
    @pytest.fixture(
        autouse=True,
        params=[
            *(*PARTS, *SMALL, *FOLDERS),
            *(pytest.param(name, marks=pytest.mark.slow) for name in GROUPED),
            *(f"real {name}" for name in REAL),
        ],
    )
    def given(
        self,
        request: pytest.FixtureRequest,
        own_part: Callable[..., str],
        make_shapes: Callable[..., Any],
        make_grouped: Callable[..., Any],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        name: str = request.param
        self.values = {"size": 7} if "in one size" in name else {}
        if name.startswith("digits"):
            self.part = "digits"
        elif name == "colored_digits":
            self.part = name
        elif name == "own with groups":
            self.part = {"name": own_part(make_grouped), "per_subclass": 40}
        elif name.startswith("own"):
            official = "official" in name or "all" in name
            self.part = {"name": own_part(make_shapes), "official_test": official, "official_validation": "all" in name}
        elif name.startswith("real"):
            self.part = name.removeprefix("real ")
            data_roots.real_root(REAL[self.part])
            if self.part in ("tiny_imagenet", "pacs"):
                self.part = {"name": self.part, "root": REAL[self.part]}
        else:
            monkeypatch.setenv("SPREADTUNE_DATA", str(tmp_path))
            self.part = _written(name, tmp_path, monkeypatch)

    def test_official_parts_here_are_stratified_too(self) -> None:
        dataset = self.load()
        shares = [
            np.bincount(dataset.split(name).labels.subclasses) / len(dataset.split(name))
            for name in ("train", "validation")
        ]
        np.testing.assert_allclose(*shares, atol=1.5 / len(dataset.split("validation")))
