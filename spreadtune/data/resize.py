"""``data.size`` for a data set that is in memory already."""

from dataclasses import replace

import numpy as np

from spreadtune.data.image_set import Images, ImageSet


def resized_set(image_set: ImageSet, size: int) -> ImageSet:
    """The same data set, its images ``size`` x ``size``: the shorter side resized to it, the middle square kept."""
    from spreadtune.data.pictures import resized  # Pillow, which only this needs

    def all_of(images: Images) -> Images:
        return np.stack([resized(image, size) for image in images])

    def all_of_official(images: Images | None) -> Images | None:
        return None if images is None else all_of(images)

    return replace(
        image_set,
        images=all_of(image_set.images),
        validation_images=all_of_official(image_set.validation_images),
        test_images=all_of_official(image_set.test_images),
    )
