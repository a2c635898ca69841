"""MNIST with the coarse question "below five?" (LeCun et al. 1998)."""

from pathlib import Path

import numpy as np

from spreadtune.data.hierarchy import Hierarchy
from spreadtune.data.published import IDX_FILES, Published, wrong_lengths
from spreadtune.spec.data import MnistDataset


def files(config: MnistDataset) -> Published:
    """60,000 + 10,000 images uint8 (1, 28, 28); class 0: digits 0-4, class 1: digits 5-9; the subclass is the digit."""
    return Published("mnist", "MNIST", "MNIST/raw", IDX_FILES, _hierarchy, wrong_lengths)


def _hierarchy(folder: Path) -> Hierarchy:
    digits = tuple(str(digit) for digit in range(10))
    return Hierarchy(("below five", "five and above"), digits, np.repeat(np.arange(2), 5))
