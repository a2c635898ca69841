"""An encoder that cannot stretch: a bound on how far apart two images' features may lie, by construction."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # as everywhere in torch

from spreadtune.models.encoder import Encoder, refuse_small
from spreadtune.models.operator_norm import unit_convolution, unit_linear
from spreadtune.spec.model import LipschitzEncoder

_LAST_SIDE = 4


class LipschitzNet(Encoder):
    """|h(x) - h(y)| <= bound |x - y| for any two images, pixels in [0, 1], Euclidean norms.

    Every step is 1-Lipschitz: convolutions divided by their operator norm, residual blocks (x + f(x)) / 2, the
    activation that sorts pairs of channels (Anil et al., ICML 2019), which loses no gradient as ReLU does, and
    pools that are half the sum of 2x2 places. A linear map of norm ``bound`` and a free bias end it; the bias gives h a
    length beside which the bound matters once h is normalized to z. There is no batch norm: it divides by what it
    sees, so it bounds nothing.

    Args:
        config: bound and widths.
        image_shape: (C, H, W).
    """

    def __init__(self, config: LipschitzEncoder, image_shape: tuple[int, int, int]) -> None:
        super().__init__()
        channels, height, width = image_shape
        self.bound = config.bound
        self.embedding_dim = config.embedding_dim
        steps: list[nn.Module] = [unit_convolution(channels, config.width, 3, (height, width)), SortedPairs()]
        channels = config.width
        steps.append(Averaged(channels, (height, width)))
        while min(height, width) > _LAST_SIDE:
            height, width = height // 2, width // 2
            steps += [HalvedSum(), unit_convolution(channels, 2 * channels, 3, (height, width)), SortedPairs()]
            channels *= 2
            steps.append(Averaged(channels, (height, width)))
        self.steps = nn.Sequential(*steps)
        self.output = unit_linear(channels * height * width, config.embedding_dim)
        self.bias = nn.Parameter(torch.randn(config.embedding_dim) / config.embedding_dim**0.5)

    def forward(self, images: Tensor) -> Tensor:
        """Pixels (N, C, H, W) to h (N, embedding_dim)."""
        h: Tensor = self.bound * self.output(self.steps(images).flatten(1)) + self.bias
        return h


class Averaged(nn.Module):
    """A residual block (x + f(x)) / 2; f is convolution, activation, convolution."""

    def __init__(self, channels: int, side: tuple[int, int]) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            unit_convolution(channels, channels, 3, side), SortedPairs(), unit_convolution(channels, channels, 3, side)
        )

    def forward(self, x: Tensor) -> Tensor:
        averaged: Tensor = (x + self.branch(x)) / 2
        return averaged


class SortedPairs(nn.Module):
    """Each pair of channels sorted at each place: (a, b) -> (min, max). A permutation, so it keeps every norm."""

    def forward(self, x: Tensor) -> Tensor:
        first, second = x[:, 0::2], x[:, 1::2]
        return torch.cat([torch.minimum(first, second), torch.maximum(first, second)], dim=1)


class HalvedSum(nn.Module):
    """Half the sum over 2x2 places, which has norm 1; the mean would halve every distance. Odd sides lose a row."""

    def forward(self, x: Tensor) -> Tensor:
        halved: Tensor = 2 * F.avg_pool2d(x, 2)
        return halved


def build(config: LipschitzEncoder, image_shape: tuple[int, int, int]) -> LipschitzNet:
    """A :class:`LipschitzNet` for images of ``image_shape`` (C, H, W).

    Raises:
        UserError: a side is shorter than 8 pixels.
    """
    refuse_small(image_shape, config.name)
    return LipschitzNet(config, image_shape).to(memory_format=torch.channels_last)
