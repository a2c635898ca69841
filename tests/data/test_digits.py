import numpy as np
from sklearn.datasets import load_digits

from spreadtune.data.digits import load
from spreadtune.spec.data import DigitsDataset


def test_images_are_the_intensities_on_the_full_byte_range():
    image_set = load(DigitsDataset())
    assert image_set.images.shape == (1797, 1, 8, 8)
    np.testing.assert_allclose(image_set.images[:, 0] / 255, load_digits().images / 16, atol=0.5 / 255)
    assert (image_set.images.min(), image_set.images.max()) == (0, 255)


def test_the_class_asks_whether_the_digit_is_below_five():
    image_set = load(DigitsDataset())
    np.testing.assert_array_equal(image_set.subclasses, load_digits().target)
    np.testing.assert_array_equal(image_set.labels_of["train"].classes, load_digits().target >= 5)
    assert image_set.class_names[0] == "below five"
