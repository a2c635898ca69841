import numpy as np
import pytest
import torch
from PIL import Image

from spreadtune.data.channels import convertible, with_channels


def test_colour_becomes_grey_as_pillow_makes_it():
    colours = torch.randint(256, (3, 3, 40, 50), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    colours[0, :, 0, :3] = torch.tensor([[0, 255, 255], [0, 255, 0], [0, 255, 1]], dtype=torch.uint8)
    grey = with_channels(colours, 1)
    assert grey.dtype == torch.uint8
    for image, made in zip(colours, grey, strict=True):
        by_pillow = Image.fromarray(image.permute(1, 2, 0).numpy()).convert("L")
        assert np.array_equal(np.asarray(by_pillow), made[0].numpy())


def test_grey_becomes_colour_and_back_again():
    grey = torch.randint(256, (2, 1, 5, 4), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    colours = with_channels(grey, 3)
    assert colours.shape == (2, 3, 5, 4)
    assert torch.equal(with_channels(colours, 1), grey)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_what_has_the_channels_stays_as_it_is(channels: int):
    images = torch.zeros(2, channels, 4, 4, dtype=torch.uint8)
    assert with_channels(images, channels) is images
    assert convertible(channels, channels)


@pytest.mark.parametrize(("found", "channels"), [(1, 2), (4, 3), (2, 1)])
def test_other_channels_cannot_be_made(found: int, channels: int):
    assert not convertible(found, channels)
    with pytest.raises(ValueError, match=f"{found} channels cannot be made {channels}"):
        with_channels(torch.zeros(2, found, 4, 4, dtype=torch.uint8), channels)
