"""What a frozen encoder makes of labeled images: the input of every measurement of the protocol."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from spreadtune.data.labels import Labels


@dataclass(frozen=True)
class Representations:
    """N images as the model sees them, one clean view each.

    Attributes:
        features: h (N, D) float32, the encoder's output; probes read it.
        embeddings: (N, E) float32, the head's output (h without a head); each measurement normalizes it to z.
        labels: of the images.
    """

    features: Tensor
    embeddings: Tensor
    labels: Labels[Tensor]


def represent(encoder: nn.Module, head: nn.Module, batches: Iterable[Tensor]) -> tuple[Tensor, Tensor]:
    """Features h (N, D) and embeddings (N, E) of clean images, in evaluation mode and float32.

    Without a head (``nn.Identity()``) both are one tensor.

    Args:
        encoder: (B, C, H, W) pixels in [0, 1] -> (B, D).
        head: (B, D) -> (B, E).
        batches: N images in all, each batch (B, C, H, W) uint8 on the encoder's device; the result does not depend on
            how they are batched.
    """
    features = []
    with _evaluating(encoder, head), torch.no_grad():
        for batch in batches:
            with torch.autocast(batch.device.type, enabled=False):
                features.append(encoder(batch.float() / 255))
        h = torch.cat(features)
        with torch.autocast(h.device.type, enabled=False):
            return h, head(h)


def raw_pixels(images: Tensor, labels: Labels[Tensor]) -> Representations:
    """The floor: no encoder at all. Images (N, C, H, W) uint8 -> pixels (N, C H W) in [0, 1]."""
    pixels = images.flatten(start_dim=1).float() / 255
    return Representations(pixels, pixels, labels)


@contextmanager
def _evaluating(*modules: nn.Module) -> Iterator[None]:
    """Evaluation mode inside; after it every submodule is as it was, frozen ones too."""
    before = [(part, part.training) for module in modules for part in module.modules()]
    for module in modules:
        module.eval()
    try:
        yield
    finally:
        for part, training in before:
            part.training = training
