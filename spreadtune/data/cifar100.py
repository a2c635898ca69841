"""CIFAR-100 with its 20 superclasses as classes (Krizhevsky 2009)."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np

from spreadtune.data.hierarchy import Hierarchy
from spreadtune.data.published import Published, wrong_checksums
from spreadtune.spec.data import Cifar100Dataset


def files(config: Cifar100Dataset) -> Published:
    """50,000 + 10,000 images uint8 (3, 32, 32); 20 classes of 5 subclasses each."""
    return Published("cifar100", "CIFAR100", "cifar-100-python", ("train", "test", "meta"), _hierarchy, wrong_checksums)


def _hierarchy(folder: Path) -> Hierarchy:
    """torchvision hands out fine labels only, so both levels are read from its verified files."""
    train, meta = (_unpickled(folder / name) for name in ("train", "meta"))
    class_of_subclass = np.full(len(meta["fine_label_names"]), -1, dtype=np.int64)
    class_of_subclass[train["fine_labels"]] = train["coarse_labels"]
    return Hierarchy(meta["coarse_label_names"], meta["fine_label_names"], class_of_subclass)


def _unpickled(file: Path) -> Any:
    with file.open("rb") as stream:
        return pickle.load(stream, encoding="latin1")
