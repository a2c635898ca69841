from itertools import pairwise

import pytest
import torch

from spreadtune.data.views import Views, build_augmentation, to_pixels, views_of_part
from spreadtune.errors import UserError
from spreadtune.spec.data import (
    AUGMENTATIONS,
    DataConfig,
    NoAugmentation,
    SimclrAugmentation,
)

CONFIGS = [*(part.config() for part in AUGMENTATIONS.parts), SimclrAugmentation(blur=0.5)]
IMAGES = torch.arange(2 * 3 * 8 * 8, dtype=torch.uint8).view(2, 3, 8, 8)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_every_augmentation_gives_float_pixels_in_range(config):
    views = build_augmentation(config)(IMAGES, 3, torch.Generator().manual_seed(0))
    for pixels in (views.inputs, views.targets):
        assert pixels.shape == (3, 2, 3, 8, 8)
        assert pixels.dtype == torch.float32
        assert -1e-6 <= pixels.min() <= pixels.max() <= 1 + 1e-6


def test_without_augmentation_every_view_is_the_image():
    views = build_augmentation(NoAugmentation())(IMAGES, 2, torch.Generator())
    for view in (*views.inputs, *views.targets):
        assert torch.equal(view, IMAGES / 255)


def test_pixels_span_zero_to_one():
    assert to_pixels(torch.tensor([0, 51, 255], dtype=torch.uint8)).tolist() == pytest.approx([0, 0.2, 1])


def test_an_own_augmentation_is_called_with_its_arguments(own_part):
    def invert(strength):
        def augment(images, views, generator):
            pixels = (strength - to_pixels(images)).expand(views, *images.shape)
            return Views(pixels, pixels)

        return augment

    config = DataConfig(dataset="digits", augmentation={"name": own_part(invert), "strength": 1.0})
    views = build_augmentation(config.augmentation)(IMAGES, 2, torch.Generator())
    torch.testing.assert_close(views.inputs[1], 1 - IMAGES / 255)


def test_an_own_augmentation_must_be_callable(own_part):
    config = DataConfig(dataset="digits", augmentation=own_part(lambda: 3))
    with pytest.raises(UserError, match=r"data\.augmentation: 'own_part_of_a_test:part' returned int"):
        build_augmentation(config.augmentation)


@pytest.mark.parametrize("cuts", [(0, 37), (0, 1, 37), (0, 16, 19, 37), (0, 12, 25, 37), tuple(range(38))], ids=str)
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_parts_of_a_batch_are_those_of_the_whole_bit_for_bit(config, channels, cuts):
    stored = torch.randint(256, (80, channels, 32, 32), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    indices = torch.randperm(80, generator=torch.Generator().manual_seed(1))[:37]
    augmentation, generator = build_augmentation(config), torch.Generator().manual_seed(2)
    whole = augmentation(stored[indices], 3, generator)
    parts = []
    for start, stop in pairwise(cuts):
        of_part = torch.Generator().manual_seed(2)
        parts.append(views_of_part(augmentation, lambda at: stored[at], indices, 3, of_part, slice(start, stop)))
        assert torch.equal(of_part.get_state(), generator.get_state())
    assert torch.equal(torch.cat([part.inputs for part in parts], dim=1), whole.inputs)
    assert torch.equal(torch.cat([part.targets for part in parts], dim=1), whole.targets)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_of_a_part_only_its_own_images_are_fetched(config):
    fetched = []
    views_of_part(
        build_augmentation(config),
        lambda at: fetched.append(at.tolist()) or torch.zeros(len(at), 3, 8, 8, dtype=torch.uint8),
        torch.tensor([5, 3, 8, 1]),
        2,
        torch.Generator(),
        slice(1, 3),
    )
    assert fetched == [[3, 8]]


def test_an_own_augmentation_makes_the_whole_batch_and_the_part_is_cut_out():
    def shuffled(images, views, generator):
        order = torch.randperm(len(images), generator=generator)
        pixels = to_pixels(images)[order].expand(views, *images.shape)
        return Views(pixels, pixels)

    at = torch.tensor([1, 0, 1, 0, 1])
    whole = shuffled(IMAGES[at], 2, torch.Generator().manual_seed(0))
    part = views_of_part(shuffled, lambda at: IMAGES[at], at, 2, torch.Generator().manual_seed(0), slice(1, 4))
    assert torch.equal(part.inputs, whole.inputs[:, 1:4])
