"""The views of ``simclr`` as a whole; their steps have tests of their own."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torchvision.transforms.v2 import functional as oracle

from spreadtune.data.blur import kernel_radius
from spreadtune.data.simclr import build
from spreadtune.errors import UserError
from spreadtune.spec.data import SimclrAugmentation

STILL = {"area": 1, "ratio": 1, "flip": 0, "jitter": 0, "grayscale": 0}
CHANGES = (oracle.adjust_brightness, oracle.adjust_contrast, oracle.adjust_saturation, oracle.adjust_hue)
PROBABILITY = st.sampled_from([0.0, 0.5, 1.0])


def stream(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(count: int, channels: int, height: int, width: int) -> Tensor:
    return torch.randint(256, (count, channels, height, width), generator=stream(1), dtype=torch.uint8)


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 32, 32), (3, 21, 40)])
def test_a_view_is_torchvisions_with_the_drawn_values(shape: tuple[int, int, int]) -> None:
    channels, *sides = shape
    images = pictures(40, *shape)
    augmentation = build(SimclrAugmentation(blur=0.5))
    views = augmentation(images, 2, stream())
    draws = augmentation.draw(shape, 2, len(images), stream())
    crops, radius = draws.crops, kernel_radius((sides[0], sides[1]))
    for v in range(2):
        for b, image in enumerate(images):
            box = [int(side[v, b]) for side in (crops.top, crops.left, crops.height, crops.width)]
            wanted = oracle.resized_crop(image / 255, *box, size=sides)
            if crops.mirrored[v, b]:
                wanted = oracle.hflip(wanted)
            for change in draws.jitter.order[v, b].tolist():
                wanted = CHANGES[change](wanted, draws.jitter.factors[v, b, change].item())
            if draws.colourless[v, b]:
                wanted = oracle.rgb_to_grayscale(wanted, num_output_channels=channels)
            if draws.sigma[v, b] > 0:
                wanted = oracle.gaussian_blur(wanted, 2 * radius + 1, draws.sigma[v, b].item())
            torch.testing.assert_close(views.inputs[v, b], wanted, rtol=0, atol=5e-5)


@pytest.mark.parametrize("channels", [1, 3])
def test_with_all_changes_off_a_view_is_the_image(channels: int) -> None:
    images = pictures(4, channels, 9, 9)
    views = build(SimclrAugmentation(**STILL))(images, 2, stream())
    torch.testing.assert_close(views.inputs, (images / 255).expand(2, -1, -1, -1, -1), rtol=0, atol=1e-5)


def test_targets_are_the_inputs() -> None:
    views = build(SimclrAugmentation(blur=1))(pictures(2, 3, 8, 8), 2, stream())
    assert torch.equal(views.inputs, views.targets)


def test_one_channel_has_brightness_and_contrast_only() -> None:
    images = pictures(30, 1, 8, 8)
    all_four, two = (
        build(SimclrAugmentation(**changes))(images, 2, stream()).inputs
        for changes in ({}, {"hue": 0, "saturation": 0, "grayscale": 0})
    )
    torch.testing.assert_close(all_four, two, rtol=0, atol=1e-6)


def test_every_view_of_every_image_is_drawn_for_itself() -> None:
    images = pictures(1, 3, 8, 8).expand(6, -1, -1, -1)  # one image six times over
    flat = build(SimclrAugmentation())(images, 2, stream()).inputs.flatten(0, 1).flatten(1)
    assert (torch.cdist(flat, flat) + torch.eye(12)).min() > 1e-3


def test_draws_of_views_and_of_neighbouring_images_are_uncorrelated() -> None:
    draws = build(SimclrAugmentation(jitter=1, blur=1)).draw((3, 32, 32), 2, 10_000, stream())
    crops, factors = draws.crops, draws.jitter.factors
    drawn = {
        "height": crops.height,
        "width": crops.width,
        "top": crops.top,
        "left": crops.left,
        "mirrored": crops.mirrored,
        "colourless": draws.colourless,
        "sigma": draws.sigma,
        "first change": draws.jitter.order[..., 0],
        **dict(zip(("brightness", "contrast", "saturation", "hue"), factors.unbind(-1), strict=True)),
    }
    for name, values in drawn.items():
        one, other = values.double()
        # 10,000 pairs: a standard deviation of .01.
        assert abs(torch.corrcoef(torch.stack([one, other]))[0, 1]) < 0.045, name
        assert abs(torch.corrcoef(torch.stack([one[1:], one[:-1]]))[0, 1]) < 0.045, name
    assert draws.colourless.float().mean().item() == pytest.approx(0.2, abs=0.02)
    # What one step draws says nothing about another; sides and places of a crop do about each other.
    of_steps = [values for name, values in drawn.items() if name not in ("width", "top", "left", "first change")]
    between = torch.corrcoef(torch.stack([values.double().flatten() for values in of_steps]))
    assert between.fill_diagonal_(0).abs().max() < 0.035


def test_the_seed_alone_decides_the_views() -> None:
    augment, images = build(SimclrAugmentation()), pictures(4, 3, 8, 8)
    assert torch.equal(augment(images, 2, stream(3)).inputs, augment(images, 2, stream(3)).inputs)
    assert not torch.equal(augment(images, 2, stream(3)).inputs, augment(images, 2, stream(4)).inputs)


def test_settings_at_one_seed_draw_from_the_same_stream() -> None:
    """What one value decides leaves what the others draw as it is, and the stream of the next batch too."""
    ends = []
    for changes in ({}, {"blur": 1, "grayscale": 0}, STILL):
        generator = stream()
        draws = build(SimclrAugmentation(**changes)).draw((3, 8, 8), 2, 5, generator)
        ends.append((generator.get_state(), draws.jitter.order))
    for state, order in ends[1:]:
        assert torch.equal(state, ends[0][0])
        assert torch.equal(order, ends[0][1])


@settings(max_examples=60, deadline=None)
@given(
    sides=st.tuples(st.integers(4, 20), st.integers(4, 20)).map(lambda halves: (2 * halves[0], 2 * halves[1])),
    channels=st.sampled_from([1, 3]),
    views=st.integers(1, 4),
    batch=st.integers(1, 9),
    brightest=st.sampled_from([0, 1, 255]),
    seed=st.integers(0, 2**62),
    config=st.builds(
        SimclrAugmentation,
        area=st.floats(1e-4, 1),
        ratio=st.floats(1, 10),
        flip=PROBABILITY,
        jitter=PROBABILITY,
        brightness=st.floats(0, 5),
        contrast=st.floats(0, 5),
        saturation=st.floats(0, 5),
        hue=st.floats(0, 0.5),
        grayscale=PROBABILITY,
        blur=PROBABILITY,
        sigma=st.floats(0.1, 100),
    ),
)
def test_views_are_pixels_whatever_the_images_and_values(
    sides: tuple[int, int],
    channels: int,
    views: int,
    batch: int,
    brightest: int,
    seed: int,
    config: SimclrAugmentation,
) -> None:
    images = torch.randint(brightest + 1, (batch, channels, *sides), generator=stream(seed), dtype=torch.uint8)
    made = build(config)(images, views, stream(seed))
    assert made.inputs.shape == made.targets.shape == (views, *images.shape)
    assert made.inputs.dtype == torch.float32
    assert bool(made.inputs.isfinite().all())
    assert -1e-6 <= made.inputs.min() <= made.inputs.max() <= 1 + 1e-6


def test_images_of_other_than_one_or_three_channels_are_refused() -> None:
    with pytest.raises(UserError, match=r"data\.augmentation: simclr is for images of 1 or 3 channels.* 4"):
        build(SimclrAugmentation())(pictures(2, 4, 8, 8), 2, stream())


def test_large_images_are_worked_on_one_by_one() -> None:
    """An image that is larger than a block is a block of its own."""
    images = pictures(3, 3, 256, 200)
    views = build(SimclrAugmentation())(images, 2, stream())
    assert views.inputs.shape == (2, 3, 3, 256, 200)
