"""Gaussian blur, for each image its own."""

import torch
import torch.nn.functional as F
from torch import Tensor


def kernel_radius(sides: tuple[int, int]) -> int:
    """Pixels of the kernel on either side of its middle: the kernel is about a tenth of the shorter side, and odd."""
    return max(1, min(sides) // 20)


def draw_sigma(
    views: int, batch: int, generator: torch.Generator, *, probability: float, smallest: float, largest: float
) -> Tensor:
    """Standard deviations (V, B), uniform in [smallest, largest], and 0 with probability 1 - ``probability``."""
    draws = torch.rand(2, views, batch, generator=generator, device=generator.device)
    return (smallest + (largest - smallest) * draws[0]) * (draws[1] < probability)


def blur(pixels: Tensor, sigma: Tensor, radius: int) -> Tensor:
    """Each image of ``pixels`` (M, C, H, W) under a Gaussian of standard deviation ``sigma`` (M,), in pixels.

    The kernel is cut off at ``radius`` and sums to one; the image goes on beyond its border as in a mirror. An image
    with sigma 0 stays exactly as it is.
    """
    offsets = torch.arange(-radius, radius + 1, device=pixels.device)
    # Where sigma is 0 all weight is on the middle pixel.
    exponents = -0.5 * (offsets / sigma.clamp(min=1e-3)[:, None]).square()
    weights = exponents.softmax(dim=1)[:, :, None, None, None]
    padded = F.pad(pixels, (radius,) * 4, mode="reflect")
    for dim in (2, 3):
        size = pixels.shape[dim]
        smoothed = padded.narrow(dim, 0, size) * weights[:, 0]
        for tap in range(1, 2 * radius + 1):
            smoothed.addcmul_(padded.narrow(dim, tap, size), weights[:, tap])
        padded = smoothed
    return padded
