"""Every change of colour against torchvision's, image by image."""

from itertools import permutations

import pytest
import torch
from scipy import stats
from torch import Tensor
from torchvision.transforms.v2 import functional as oracle

from spreadtune.data.colour import (
    BRIGHTNESS,
    CONTRAST,
    HUE,
    SATURATION,
    blend,
    draw_jitter,
    grey_values,
    jitter,
    mean_grey,
    shift_hue,
    without_colour,
)

EXTENTS = {"brightness": 0.4, "contrast": 1.5, "saturation": 0.2, "hue": 0.1}
ORACLES = {
    BRIGHTNESS: oracle.adjust_brightness,
    CONTRAST: oracle.adjust_contrast,
    SATURATION: oracle.adjust_saturation,
    HUE: oracle.adjust_hue,
}


def stream(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(channels: int) -> Tensor:
    """(M, C, 9, 12): noise, dark, bright, and colours whose channels are equal, pairwise or all three, or extreme."""
    noise = torch.rand(4, channels, 9, 12, generator=stream())
    few = torch.randint(0, 3, (3, channels, 9, 12), generator=stream(1)) / 2
    grey = torch.rand(1, 1, 9, 12, generator=stream(2)).expand(-1, channels, -1, -1)
    plain = torch.tensor([0.0, 0.3, 1.0])[:, None, None, None].expand(-1, channels, 9, 12)
    return torch.cat([noise, noise[:1] * 0.02, 1 - noise[:1] * 0.02, few, grey, plain])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("factor", [0.0, 0.2, 0.6, 1.0, 1.4, 3.0])
def test_brightness_contrast_and_saturation_are_torchvisions(channels: int, factor: float) -> None:
    pixels = pictures(channels)
    factors = torch.full((len(pixels),), factor)
    grey = grey_values(pixels)
    references = {BRIGHTNESS: torch.zeros_like(grey), CONTRAST: mean_grey(grey), SATURATION: grey}
    for change, reference in references.items():
        wanted = torch.stack([ORACLES[change](image, factor) for image in pixels])
        torch.testing.assert_close(blend(pixels, reference, factors), wanted, rtol=0, atol=2e-6)


@pytest.mark.parametrize("shift", [-0.5, -0.31, -0.1, -1e-3, 0.0, 1e-3, 1 / 6, 0.25, 1 / 3, 0.5])
def test_the_hue_is_torchvisions(shift: float) -> None:
    pixels = pictures(3)
    wanted = torch.stack([oracle.adjust_hue(image, shift) for image in pixels])
    torch.testing.assert_close(shift_hue(pixels, torch.full((len(pixels),), shift)), wanted, rtol=0, atol=3e-6)


def test_a_third_of_a_turn_of_the_hue_swaps_the_channels() -> None:
    pixels = pictures(3)
    turned = shift_hue(pixels, torch.full((len(pixels),), 1 / 3))
    torch.testing.assert_close(turned, pixels.roll(1, dims=1), rtol=0, atol=2e-6)


@pytest.mark.parametrize("channels", [1, 3])
def test_without_colour_is_torchvisions_and_only_where_it_is_chosen(channels: int) -> None:
    pixels = pictures(channels)
    chosen = torch.arange(len(pixels)) % 2 == 0
    grey = without_colour(pixels, chosen)
    for image, is_chosen, result in zip(pixels, chosen, grey, strict=True):
        wanted = oracle.rgb_to_grayscale(image, num_output_channels=channels) if is_chosen else image
        torch.testing.assert_close(result, wanted, rtol=0, atol=1e-6)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_the_changes_are_made_in_each_images_own_order(channels: int, order: tuple[int, ...]) -> None:
    pixels = pictures(channels)
    drawn = draw_jitter(1, len(pixels), stream(), probability=0.8, **EXTENTS)
    factors, orders = drawn.factors[0], drawn.order[0].clone()
    orders[::2] = torch.tensor(order)
    changed = jitter(pixels, factors, orders, with_hue=True)
    for m, wanted in enumerate(pixels):
        for change in orders[m].tolist():
            wanted = ORACLES[change](wanted, factors[m, change].item())
        torch.testing.assert_close(changed[m], wanted, rtol=0, atol=2e-5)


def test_without_hue_the_others_keep_their_order() -> None:
    pixels = pictures(3)
    drawn = draw_jitter(1, len(pixels), stream(), probability=1, **(EXTENTS | {"hue": 0}))
    with_hue, without = (jitter(pixels, drawn.factors[0], drawn.order[0], with_hue=which) for which in (True, False))
    torch.testing.assert_close(with_hue, without, rtol=0, atol=5e-6)


def test_factors_are_uniform_and_orders_equally_frequent() -> None:
    drawn = draw_jitter(2, 12_000, stream(), probability=1, **EXTENTS)
    factors = drawn.factors.flatten(0, 1)
    for change, (low, high) in enumerate([(0.6, 1.4), (0.0, 2.5), (0.8, 1.2), (-0.1, 0.1)]):
        unit = (factors[:, change] - low) / (high - low)
        assert stats.kstest(unit.numpy(), "uniform").pvalue > 1e-3
    codes = (drawn.order.flatten(0, 1) * torch.tensor([64, 16, 4, 1])).sum(dim=1)
    counts = codes.unique(return_counts=True)[1]
    assert len(counts) == 24
    assert stats.chisquare(counts.numpy()).pvalue > 1e-3
    everything = torch.cat([factors, codes[:, None].float()], dim=1)
    assert torch.corrcoef(everything.T).fill_diagonal_(0).abs().max() < 0.03


def test_a_view_is_changed_in_all_four_ways_or_in_none() -> None:
    factors = draw_jitter(2, 5000, stream(), probability=0.8, **EXTENTS).factors.flatten(0, 1)
    as_it_is = (factors == torch.tensor([1.0, 1, 1, 0])).float()
    assert torch.equal(as_it_is.amin(dim=1), as_it_is.amax(dim=1))
    # 10,000 views: a standard deviation of .004.
    assert as_it_is.mean().item() == pytest.approx(0.2, abs=0.02)
