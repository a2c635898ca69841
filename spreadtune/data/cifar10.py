"""CIFAR-10 with the coarse question "animal or vehicle?" (Krizhevsky 2009)."""

from pathlib import Path

import numpy as np

from spreadtune.data.hierarchy import Hierarchy
from spreadtune.data.published import Published, wrong_checksums
from spreadtune.spec.data import Cifar10Dataset

SUBCLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
VEHICLES = ("airplane", "automobile", "ship", "truck")


def files(config: Cifar10Dataset) -> Published:
    """50,000 + 10,000 images uint8 (3, 32, 32); class 0: animals, class 1: vehicles; the subclass is the label."""
    names = (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch", "batches.meta")
    return Published("cifar10", "CIFAR10", "cifar-10-batches-py", names, _hierarchy, wrong_checksums)


def _hierarchy(folder: Path) -> Hierarchy:
    is_vehicle = np.array([name in VEHICLES for name in SUBCLASSES], dtype=np.int64)
    return Hierarchy(("animals", "vehicles"), SUBCLASSES, is_vehicle)
