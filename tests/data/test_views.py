import pytest
import torch

from spreadtune.data.views import Views, build_augmentation, to_pixels
from spreadtune.errors import UserError
from spreadtune.spec.data import DataConfig, GreyAugmentation, NoAugmentation

IMAGES = torch.arange(2 * 3 * 8 * 8, dtype=torch.uint8).view(2, 3, 8, 8)


@pytest.mark.parametrize("config", [NoAugmentation(), GreyAugmentation()], ids=lambda config: config.name)
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
