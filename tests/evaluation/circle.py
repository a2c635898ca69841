"""The golden batches of the project's geometry: two views of images in the plane; and random ones."""

import torch
from torch import Tensor


def on_circle(degrees: list[list[float]]) -> Tensor:
    """(V, N, 2) unit embeddings of views at these angles, written image by image."""
    angles = torch.deg2rad(torch.tensor(degrees, dtype=torch.float64)).T
    return torch.stack([angles.cos(), angles.sin()], dim=-1)


A, A_LABELS = on_circle([[0, 0], [90, 90]]), torch.tensor([0, 1])
B, B_LABELS = on_circle([[0, 10], [40, 60], [180, 170], [270, 240]]), torch.tensor([0, 0, 1, 1])


def pooled(views: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """All views as rows."""
    return views.flatten(end_dim=1), labels.repeat(len(views))


def random_batch(seed: int, classes: int = 3, count: int = 14, dim: int = 5) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(classes, (count,), generator=generator)
    labels[:2] = 0  # one class at least has two members
    return torch.randn(count, dim, generator=generator), labels
