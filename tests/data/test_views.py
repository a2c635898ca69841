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
from spreadtune.testing import AugmentationContract

CONFIGS = [*(part.config() for part in AUGMENTATIONS.parts), SimclrAugmentation(blur=0.5)]
IMAGES = torch.arange(2 * 3 * 8 * 8, dtype=torch.uint8).view(2, 3, 8, 8)


def half_mirrored(images, views, generator):
    """A user's own."""
    mirrored = torch.rand(views, len(images), 1, 1, 1, generator=generator) < 0.5
    pixels = torch.where(mirrored, to_pixels(images).flip(-1), to_pixels(images))
    return Views(pixels, pixels)


class TestAugmentations(AugmentationContract):
    @pytest.fixture(autouse=True, params=[*CONFIGS, "own"], ids=lambda config: getattr(config, "name", config))
    def given(self, request, own_part):
        own = request.param == "own"
        self.part = own_part(lambda: half_mirrored) if own else request.param.model_dump()
        self.draws = own or request.param.name != "none"

    @pytest.fixture(autouse=True, params=[(3, 8, 8), (1, 32, 32), (3, 32, 32)], ids=str)
    def shape(self, request):
        self.image_shape = request.param


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
