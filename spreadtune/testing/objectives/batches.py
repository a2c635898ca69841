"""Batches of drawn numbers as a trial makes them: whole, in another order, and as one of several workers has it."""

from collections.abc import Sequence

import torch
from torch import Tensor

from spreadtune.objectives import Batch
from spreadtune.training.workers import part_of

CLASS_COUNT = 3
CLASSES = (0, 0, 0, 0, 0, 1, 2, 2, 1, 0, 0)
"""Eleven images: no number of workers divides them, and one class has a single image on some workers."""

IMAGE_SHAPE = (1, 8, 8)
HEAD_DIM = 5


def batch_of(views: int, width: int, *, head: bool = False, classes: Sequence[int] = CLASSES) -> Batch:
    """Random features and pixels of ``views`` views of an image of each of ``classes``, float32.

    Args:
        views: V.
        width: of the features.
        head: whether the embeddings are those of a head, of a width of their own; else they are the features.
        classes: of the images.
    """
    random = torch.Generator().manual_seed(0)
    size = (views, len(classes))
    features = torch.randn(*size, width, generator=random)
    embeddings = torch.randn(*size, HEAD_DIM, generator=random) if head else features
    targets = torch.rand(*size, *IMAGE_SHAPE, generator=random)
    noise = 0.1 * torch.randn(*size, *IMAGE_SHAPE, generator=random)
    return Batch(features, embeddings, torch.tensor(classes), (targets + noise).clamp(0, 1), targets)


def with_rows(batch: Batch, features: Tensor, embeddings: Tensor | None = None) -> Batch:
    """The batch with other features, which are its embeddings too where none are given."""
    embeddings = features if embeddings is None else embeddings
    return Batch(features, embeddings, batch.classes, batch.inputs, batch.targets, batch.part, batch.workers)


def in_order(batch: Batch, order: Tensor) -> Batch:
    """The images of a whole batch in another order."""
    features, inputs, targets = batch.features[:, order], batch.inputs[:, order], batch.targets[:, order]
    embeddings = features if batch.embeddings is batch.features else batch.embeddings[:, order]
    return Batch(features, embeddings, batch.classes[order], inputs, targets)


def on_worker(batch: Batch, rank: int, count: int) -> Batch:
    """A whole batch as the ``rank``-th of ``count`` workers has it: all rows, and the pixels of its own images."""
    part = part_of(len(batch.classes), rank, count)
    inputs, targets = batch.inputs[:, part], batch.targets[:, part]
    return Batch(batch.features, batch.embeddings, batch.classes, inputs, targets, part, count)
