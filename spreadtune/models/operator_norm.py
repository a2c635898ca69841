"""The norm of a linear layer as an operator, and the layer divided by it.

The norm of a convolution is that of the linear map from whole images to whole images. The spectral norm of its kernel,
reshaped to a matrix, is another number and no bound: for a constant 3x3 kernel the map stretches by nearly three times
as much, since neighbouring places add up.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # as everywhere in torch
from torch.nn.grad import conv2d_input
from torch.nn.utils import parametrize

FIRST_ITERATIONS = 300
"""Of a layer that is new: from a random image."""

EVALUATION_ITERATIONS = 20
"""Of a layer that is only looked at, from where its training has come."""

_TINY = 1e-12


class DividedByNorm(nn.Module):
    """A parametrization of the weight of a linear map A without bias: A / ||A||, so that the layer's norm is 1.

    ::

        v <- A^T A v / |A^T A v|,   ||A|| = |A v|

    by power iteration: one step at each training pass, from where the last one came, for weights change little between
    two. The direction v is a buffer, so a resumed training goes on exactly. In evaluation mode nothing is stored, and
    :data:`EVALUATION_ITERATIONS` steps bring it near the norm of the weights as they are.
    """

    def __init__(self, weight: Tensor, image_shape: tuple[int, ...]) -> None:
        super().__init__()
        self.direction: Tensor
        start = torch.randn(1, *image_shape, generator=torch.Generator().manual_seed(0))
        self.register_buffer("direction", self._iterated(weight.detach(), start / start.norm(), FIRST_ITERATIONS))

    def apply_map(self, weight: Tensor, image: Tensor) -> Tensor:
        """A x."""
        return F.linear(image, weight)

    def apply_adjoint(self, weight: Tensor, image: Tensor, like: Tensor) -> Tensor:
        """A^T y, of the shape of ``like``."""
        return image @ weight

    def forward(self, weight: Tensor) -> Tensor:
        with torch.autocast(weight.device.type, enabled=False):
            weight = weight.float()
            if self.training:
                self.direction.copy_(self._iterated(weight.detach(), self.direction, 1))
                direction = self.direction.clone()  # the next pass moves it, and this one's gradient needs it
            else:
                direction = self._iterated(weight.detach(), self.direction, EVALUATION_ITERATIONS)
            divided: Tensor = weight / self.apply_map(weight, direction).norm().clamp_min(_TINY)
            return divided

    @torch.no_grad()
    def _iterated(self, weight: Tensor, direction: Tensor, steps: int) -> Tensor:
        for _ in range(steps):
            back = self.apply_adjoint(weight, self.apply_map(weight, direction), direction)
            direction = back / back.norm().clamp_min(_TINY)
        return direction


class ConvolutionDividedByNorm(DividedByNorm):
    """Of a convolution with zeros around the image, on images of one size."""

    def __init__(self, weight: Tensor, image_shape: tuple[int, ...], padding: int) -> None:
        self._padding = padding
        super().__init__(weight, image_shape)

    def apply_map(self, weight: Tensor, image: Tensor) -> Tensor:
        return F.conv2d(image, weight, padding=self._padding)

    def apply_adjoint(self, weight: Tensor, image: Tensor, like: Tensor) -> Tensor:
        back: Tensor = conv2d_input(like.shape, weight, image, padding=self._padding)
        return back


def unit_linear(features_in: int, features_out: int) -> nn.Linear:
    """A linear layer of norm 1, without a bias."""
    layer = nn.Linear(features_in, features_out, bias=False)
    parametrize.register_parametrization(layer, "weight", DividedByNorm(layer.weight, (features_in,)))
    return layer


def unit_convolution(channels_in: int, channels_out: int, size: int, side: tuple[int, int]) -> nn.Conv2d:
    """A convolution of norm 1 on images of ``side`` (H, W), which it leaves; ``size`` is the kernel's side, odd."""
    layer = nn.Conv2d(channels_in, channels_out, size, padding=size // 2)
    norm = ConvolutionDividedByNorm(layer.weight, (channels_in, *side), size // 2)
    parametrize.register_parametrization(layer, "weight", norm)
    return layer
