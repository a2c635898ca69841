"""What every encoder has to keep, whoever wrote it."""

import torch
from torch import Tensor

from spreadtune.models import Encoder, build_encoder
from spreadtune.spec.model import ENCODERS
from spreadtune.testing.network import NetworkContract


class EncoderContract(NetworkContract):
    """The contract of a ``model.encoder``.

    Attributes:
        image_shape: (C, H, W) of the images it is tried on.
        batch_statistics: whether in training an image's h depends on the other images, as with batch norm.
    """

    family = ENCODERS
    image_shape: tuple[int, int, int] = (1, 8, 8)

    def build(self) -> Encoder:
        """A new encoder for images of ``image_shape``; what ``part`` names, unless it is overridden."""
        return build_encoder(self.config, self.image_shape)

    def inputs(self) -> Tensor:
        """Four images, float32 (4, C, H, W), pixels in [0, 1]."""
        return torch.rand(4, *self.image_shape, generator=torch.Generator().manual_seed(0))

    def test_embeddings_are_float_rows_of_the_stated_width(self) -> None:
        encoder, images = self._network(), self.inputs()
        h, expected = encoder(images), (len(images), encoder.embedding_dim)
        self.claim(tuple(h.shape) == expected, f"gives h of shape {tuple(h.shape)} where {expected} is expected")
        self.claim(h.dtype == torch.float32, f"gives h in {h.dtype} for pixels in torch.float32")
        self.claim(h.isfinite().all(), "gives numbers that are not finite")
