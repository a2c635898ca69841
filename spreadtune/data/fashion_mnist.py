"""Fashion-MNIST with the coarse question "clothes, or shoes and bags?" (Xiao et al. 2017)."""

from pathlib import Path

import numpy as np

from spreadtune.data.hierarchy import Hierarchy
from spreadtune.data.published import IDX_FILES, Published, wrong_lengths
from spreadtune.spec.data import FashionMnistDataset

SUBCLASSES = (
    "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip
SHOES_AND_BAGS = ("sandal", "sneaker", "bag", "ankle boot")


def files(config: FashionMnistDataset) -> Published:
    """60,000 + 10,000 images uint8 (1, 28, 28); class 0: clothes, 1: shoes and bags; the subclass is the label."""
    return Published("fashion_mnist", "FashionMNIST", "FashionMNIST/raw", IDX_FILES, _hierarchy, wrong_lengths)


def _hierarchy(folder: Path) -> Hierarchy:
    is_shoe_or_bag = np.array([name in SHOES_AND_BAGS for name in SUBCLASSES], dtype=np.int64)
    return Hierarchy(("clothes", "shoes and bags"), SUBCLASSES, is_shoe_or_bag)
