"""Every claim about augmentations fails for one that breaks it, and says of which and what."""

import numpy as np
import pytest
import torch

from spreadtune.data.views import Views, to_pixels
from spreadtune.testing import AugmentationContract
from tests.testing.failing import claims, failures


def noise(images, views, generator):
    """Each of what follows is it but for one line."""
    pixels = to_pixels(images)
    drawn = torch.rand(views, *images.shape, generator=generator)
    return Views((pixels + 0.1 * drawn).clamp(0, 1), pixels.expand(views, *images.shape))


def one_view(images, views, generator):
    return noise(images, 1, generator)


def bytes_for_pixels(images, views, generator):
    same = images.expand(views, *images.shape)
    return Views(same, same)


def double(images, views, generator):
    found = noise(images, views, generator)
    return Views(found.inputs.double(), found.targets)


def in_place(images, views, generator):
    found = noise(images, views, generator)
    images[:] = 0
    return found


def numpys(images, views, generator):
    found = noise(images, views, generator)
    return Views((found.inputs + 0.1 * np.random.random()).clamp(0, 1), found.targets)


def of_the_moment(images, views, generator):
    return noise(images, views, torch.Generator().manual_seed(torch.Generator().seed()))


def still(images, views, generator):
    pixels = to_pixels(images).expand(views, *images.shape)
    return Views(pixels, pixels)


def one_for_all_images(images, views, generator):
    drawn = torch.rand(views, 1, 1, 1, 1, generator=generator)
    pixels = (to_pixels(images) + 0.1 * drawn).clamp(0, 1)
    return Views(pixels, pixels)


def one_for_all_views(images, views, generator):
    drawn = torch.rand(len(images), 1, 1, 1, generator=generator)
    pixels = (to_pixels(images) + 0.1 * drawn).clamp(0, 1).expand(views, *images.shape)
    return Views(pixels, pixels)


class Alternating:
    """Remembers how often it was called."""

    def __init__(self):
        self.calls = 0

    def __call__(self, images, views, generator):
        self.calls += 1
        found = noise(images, views, generator)
        return Views(found.inputs.flip(-1) if self.calls % 2 else found.inputs, found.targets)


BROKEN = [
    (one_view, "views_are_float_pixels_of_every_image", r"inputs of shape \(1, 4, 3, 32, 32\) where \(2, 4,"),
    (bytes_for_pixels, "views_are_float_pixels_of_every_image", "inputs in torch.uint8"),
    (double, "views_are_float_pixels_of_every_image", "inputs in torch.float64"),
    (in_place, "the_images_stay_as_they_are", "changes the images"),
    (numpys, "the_generator_alone_decides", "draws from a default stream"),
    (of_the_moment, "the_generator_alone_decides", "other views under the same generator"),
    (still, "views_are_drawn_for_every_view_and_image", "all views of an image are alike"),
    (one_for_all_images, "views_are_drawn_for_every_view_and_image", "the views of all images are alike"),
    (one_for_all_views, "views_are_drawn_for_every_view_and_image", "all views of an image are alike"),
    (Alternating(), "parts_of_a_batch_are_those_of_the_whole", r"cut at \(0, 1, 37\)|cut at \(0, 37\)"),
]


def contract_of(augmentation, **attributes):
    given = {"build": lambda self: augmentation, **attributes}
    return type("TestIt", (AugmentationContract,), given)()


@pytest.mark.parametrize(("augmentation", "claim", "message"), BROKEN, ids=[claim for _, claim, _ in BROKEN])
def test_a_broken_one_is_told(augmentation, claim, message):
    with pytest.raises(AssertionError, match=message) as failure:
        getattr(contract_of(augmentation), f"test_{claim}")()
    assert str(failure.value).startswith("augmentation TestIt: ")


def test_every_claim_can_fail():
    assert {f"test_{claim}" for _, claim, _ in BROKEN} == claims(AugmentationContract)


def test_a_sound_augmentation_keeps_all_of_it():
    assert failures(contract_of(noise)) == {}
    assert failures(contract_of(still, draws=False)) == {}


def test_one_that_draws_where_it_says_it_does_not_is_told():
    with pytest.raises(AssertionError, match="draws = False"):
        contract_of(noise, draws=False).test_views_are_drawn_for_every_view_and_image()
