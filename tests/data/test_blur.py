import pytest
import torch
from scipy import stats
from torchvision.transforms.v2 import functional as oracle

from spreadtune.data.blur import blur, draw_sigma, kernel_radius


def stream(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("radius", [1, 3])
def test_a_blurred_image_is_torchvisions(channels: int, radius: int) -> None:
    sigmas = [0.1, 0.3, 0.9, 2.0, 50.0]
    pixels = torch.rand(len(sigmas), channels, 9, 14, generator=stream())
    blurred = blur(pixels, torch.tensor(sigmas), radius)
    for image, sigma, result in zip(pixels, sigmas, blurred, strict=True):
        wanted = oracle.gaussian_blur(image, [2 * radius + 1] * 2, [sigma, sigma])
        torch.testing.assert_close(result, wanted, rtol=0, atol=1e-6)


def test_sigma_zero_is_the_image_bit_for_bit() -> None:
    pixels = torch.rand(3, 3, 8, 8, generator=stream())
    blurred = blur(pixels, torch.tensor([0.0, 1.0, 0.0]), 1)
    assert torch.equal(blurred[::2], pixels[::2])
    assert not torch.equal(blurred[1], pixels[1])


@pytest.mark.parametrize(("side", "kernel"), [(8, 3), (32, 3), (64, 7), (96, 9), (224, 23)])
def test_the_kernel_is_about_a_tenth_of_the_side(side: int, kernel: int) -> None:
    assert 2 * kernel_radius((side, side + 5)) + 1 == kernel


def test_sigmas_are_uniform_in_their_range() -> None:
    sigma = draw_sigma(2, 10_000, stream(), probability=0.5, smallest=0.1, largest=2.0).flatten()
    blurred = sigma[sigma > 0]
    assert len(blurred) / len(sigma) == pytest.approx(0.5, abs=0.015)
    assert stats.kstest((blurred.numpy() - 0.1) / 1.9, "uniform").pvalue > 1e-3
