"""torchvision's residual networks as encoders of small and large images."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from spreadtune.errors import UserError
from spreadtune.models.encoder import Encoder
from spreadtune.models.weights import PLACE, fit_weights, load_imagenet, read_weights
from spreadtune.spec.model import ResNetEncoder

if TYPE_CHECKING:
    import torchvision

ORDINARY_STEM_FROM = 64
"""Below this shorter side, in pixels, the ordinary stem, which shrinks images fourfold, would leave too little."""

_GROUPS = 32
"""Of group norm (Wu & He 2018); divides every width of these networks."""

_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_STD = (0.229, 0.224, 0.225)


class ResNet(Encoder):
    """A residual network without its classifier: h is the last map averaged over its places.

    Args:
        network: torchvision's, its classifier and stem replaced.
        inputs: what is done to pixels in [0, 1] before.
        embedding_dim: channels of the last map.
    """

    def __init__(self, network: "torchvision.models.ResNet", inputs: nn.Module, embedding_dim: int) -> None:
        super().__init__()
        self.inputs = inputs
        self.network = network
        self.embedding_dim = embedding_dim

    def forward(self, images: Tensor) -> Tensor:
        """Pixels (N, C, H, W) to h (N, embedding_dim)."""
        h: Tensor = self.network(self.inputs(images))
        return h


class ImageNetInputs(nn.Module):
    """(x - mean) / std for each channel, as ImageNet's networks were trained; grey images become three equal channels.

    So a grey image gives what its colour copy would.
    """

    mean: Tensor
    std: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(_IMAGENET_MEAN).view(3, 1, 1))
        self.register_buffer("std", torch.tensor(_IMAGENET_STD).view(3, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        """Pixels (N, 1 or 3, H, W) to (N, 3, H, W)."""
        return (images - self.mean) / self.std


def build(config: ResNetEncoder, image_shape: tuple[int, int, int]) -> ResNet:
    """The :class:`ResNet` called ``config.name`` for images of ``image_shape`` (C, H, W).

    Images whose shorter side is below 64 pixels get a stem of one 3x3 convolution that keeps the resolution, larger
    ones the ordinary one (7x7 and max pooling, a quarter of the side). The stem is made for C channels; only with
    ImageNet's weights are grey images repeated to three. A small stem has no counterpart in those weights and starts
    fresh. A file's weights have to fit as a whole, stem included.

    Raises:
        UserError: the weights cannot be had or do not fit.
    """
    import torchvision  # takes seconds, and few studies need it

    channels, height, width = image_shape
    imagenet = config.weights == "imagenet"
    if imagenet and channels not in (1, 3):
        raise UserError(f"{PLACE}: imagenet needs images of 1 or 3 channels, these have {channels}")
    state = {} if config.weights in ("none", "imagenet") else read_weights(Path(config.weights), inner="network")
    # A checkpoint of an encoder that began with ImageNet's weights goes on with their inputs.
    inputs = ImageNetInputs() if imagenet or "inputs.mean" in state else None
    norm = nn.BatchNorm2d if config.norm == "batch" else partial(nn.GroupNorm, _GROUPS)
    network = getattr(torchvision.models, config.name)(norm_layer=norm)
    embedding_dim: int = network.fc.in_features
    network.fc = nn.Identity()
    small = min(height, width) < ORDINARY_STEM_FROM
    _set_stem(network, channels if inputs is None else 3, small=small)
    encoder = ResNet(network, inputs or nn.Identity(), embedding_dim)
    if imagenet:
        load_imagenet(network, config.name, fresh=["conv1.weight"] if small else [])
    if state:
        suits = f"{config.name} with norm: {config.norm} for images of {channels}x{height}x{width} is needed"
        fit_weights(encoder, state, source=config.weights, hint=suits)
    # Channels last is what tensor cores want, and quicker on CPUs too.
    return encoder.to(memory_format=torch.channels_last)


def _set_stem(network: "torchvision.models.ResNet", channels: int, *, small: bool) -> None:
    """Replace the first convolution, initialized as torchvision does, and, for small images, the max pooling."""
    if small:
        network.conv1 = nn.Conv2d(channels, 64, 3, padding=1, bias=False)
        network.maxpool = nn.Identity()
    elif channels != 3:
        network.conv1 = nn.Conv2d(channels, 64, 7, stride=2, padding=3, bias=False)
    else:
        return
    nn.init.kaiming_normal_(network.conv1.weight, mode="fan_out", nonlinearity="relu")
