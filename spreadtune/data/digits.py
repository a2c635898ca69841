"""scikit-learn's handwritten digits with the coarse question "below five?"."""

import numpy as np

from spreadtune.data.image_set import ImageSet
from spreadtune.spec.data import DigitsDataset


def load(config: DigitsDataset) -> ImageSet:
    """1,797 images uint8 (1, 8, 8); class 0: digits 0-4, class 1: digits 5-9; the subclass is the digit.

    The data set comes inside scikit-learn, so nothing is downloaded. It has no official test set.
    """
    from sklearn.datasets import load_digits  # slow to import, and the driver only needs it here

    digits = load_digits()
    return ImageSet(
        images=_to_uint8(digits.images)[:, None],
        subclasses=digits.target.astype(np.int64),
        class_of_subclass=np.repeat(np.arange(2), 5),
        class_names=("below five", "five and above"),
        subclass_names=tuple(str(digit) for digit in range(10)),
    )


def _to_uint8(intensities: np.ndarray) -> np.ndarray:
    """Intensities 0 .. 16, counts of dark pixels in a 4x4 cell, to 0 .. 255."""
    return np.rint(intensities * (255 / 16)).astype(np.uint8)
