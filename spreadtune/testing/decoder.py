"""What every decoder has to keep, whoever wrote it."""

import torch
from torch import Tensor, nn

from spreadtune.models import build_decoder
from spreadtune.spec.model import DECODERS
from spreadtune.testing.network import NetworkContract


class DecoderContract(NetworkContract):
    """The contract of a ``model.decoder``.

    Attributes:
        input_dim: width of the features it is tried on.
        image_shape: (C, H, W) of the images it is to make.
        batch_statistics: whether in training an image depends on the features of others, as with batch norm.
    """

    family = DECODERS
    input_dim: int = 10
    image_shape: tuple[int, int, int] = (1, 8, 8)

    def build(self) -> nn.Module:
        """A new decoder from ``input_dim`` to ``image_shape``; what ``part`` names, unless it is overridden."""
        return build_decoder(self.config, self.input_dim, self.image_shape)

    def inputs(self) -> Tensor:
        """The features of six images, standard normal, float32 (6, input_dim)."""
        return torch.randn(6, self.input_dim, generator=torch.Generator().manual_seed(0))

    def test_reconstructions_are_pixels_of_the_image_shape(self) -> None:
        features = self.inputs()
        pixels, expected = self._network()(features).detach(), (len(features), *self.image_shape)
        self.claim(tuple(pixels.shape) == expected, f"gives {tuple(pixels.shape)} where {expected} is expected")
        self.claim(pixels.dtype == torch.float32, f"gives {pixels.dtype} for features in torch.float32")
        low, high = float(pixels.min()), float(pixels.max())
        self.claim(0 <= low <= high <= 1, f"gives pixels from {low:.3g} to {high:.3g}; they lie in [0, 1]")

    def test_the_gradient_reaches_the_features_of_every_image(self) -> None:
        features = self.inputs().requires_grad_()
        self._network()(features).square().sum().backward()
        reached = features.grad is not None and bool(features.grad.any(dim=1).all())
        self.claim(reached, "the features of some image get no gradient, so the encoder learns nothing from it")

    def test_bfloat16_gives_nearly_the_same(self) -> None:
        decoder, features = self._network().eval(), self.inputs()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            rounded = decoder(features).float()
        self.claim_close(rounded, decoder(features), "in bfloat16 it gives other pixels", rtol=0, atol=0.02)
