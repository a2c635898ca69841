"""A small convolutional network for small images, quick on one CPU core."""

import torch
from torch import Tensor, nn

from spreadtune.models.encoder import Encoder, refuse_small
from spreadtune.spec.model import ConvnetEncoder

_LAST_SIDE = 4
"""Blocks halve the map until its shorter side is at most this."""

_WIDEST = 16
"""Channels stop doubling at this many times the first block's: four doublings, which is what 64x64 images get."""

_CHANNELS_PER_GROUP = 4
"""Every width is a multiple of four, so that groups of this many channels always divide it."""


class ConvNet(Encoder):
    """Blocks of 3x3 convolution, normalization and ReLU, then 2x2 average pooling and a linear map to h.

    The first block keeps the resolution (or halves it, at ``stride: 2``); each further one halves it until the
    shorter side is 3 or 4, and doubles the channels up to 16 times the first block's. So 8x8 images get two blocks,
    32x32 images four and 224x224 images seven. The last map is flattened, not averaged: where a stroke lies tells
    digits apart.

    Args:
        config: widths, the first stride and the kind of normalization.
        image_shape: (C, H, W).
    """

    def __init__(self, config: ConvnetEncoder, image_shape: tuple[int, int, int]) -> None:
        super().__init__()
        channels, height, width = image_shape
        blocks = [_block(channels, config.width, stride=config.stride, norm=config.norm)]
        channels = config.width
        if config.stride == 2:
            height, width = _half(height), _half(width)
        while min(height, width) > _LAST_SIDE:
            wider = min(2 * channels, _WIDEST * config.width)
            blocks.append(_block(channels, wider, stride=2, norm=config.norm))
            channels, height, width = wider, _half(height), _half(width)
        self.blocks = nn.Sequential(*blocks)
        # Not adaptive pooling, whose gradient has no deterministic CUDA kernel.
        self.pool = nn.AvgPool2d(2, ceil_mode=True)
        self.embedding_dim = config.embedding_dim
        self.output = nn.Linear(channels * _half(height) * _half(width), config.embedding_dim)

    def forward(self, images: Tensor) -> Tensor:
        """Pixels (N, C, H, W) to h (N, embedding_dim)."""
        h: Tensor = self.output(self.pool(self.blocks(images)).flatten(1))
        return h


def build(config: ConvnetEncoder, image_shape: tuple[int, int, int]) -> ConvNet:
    """A :class:`ConvNet` for images of ``image_shape`` (C, H, W).

    Raises:
        UserError: a side is shorter than 8 pixels.
    """
    refuse_small(image_shape, config.name)
    # Channels last saves a fifth of a step on a CPU and is what tensor cores want.
    return ConvNet(config, image_shape).to(memory_format=torch.channels_last)


def _block(channels_in: int, channels_out: int, *, stride: int, norm: str) -> nn.Sequential:
    normalization: nn.Module = (
        nn.BatchNorm2d(channels_out)
        if norm == "batch"
        else nn.GroupNorm(channels_out // _CHANNELS_PER_GROUP, channels_out)
    )
    # No bias: the normalization's own shift takes its place.
    convolution = nn.Conv2d(channels_in, channels_out, 3, stride=stride, padding=1, bias=False)
    return nn.Sequential(convolution, normalization, nn.ReLU(inplace=True))


def _half(side: int) -> int:
    """The side after a stride of two, rounded up."""
    return -(-side // 2)
