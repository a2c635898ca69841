"""The order in which one epoch visits the training images."""

from typing import Literal

import torch
from torch import Tensor

from spreadtune.data.batch_size import check_batch_size
from spreadtune.errors import UserError


def epoch_batches(
    classes: Tensor, batch_size: int, batches: Literal["shuffled", "balanced"], generator: torch.Generator
) -> Tensor:
    """Positions of the images of each batch of one epoch, int64 (steps, batch_size), steps = N // batch_size.

    Shuffled: a permutation of the N images whose last, incomplete batch is dropped. Balanced: every batch has
    batch_size / K images of each of the K classes; a class is dealt like a deck of cards, without replacement
    until it is exhausted, then shuffled anew.

    Args:
        classes: int64 (N,), the class of each training image; every class 0 .. K - 1 occurs.
        batch_size: images in the global batch.
        batches: how they are drawn.
        generator: the stream of the order, on the device of ``classes``.

    Raises:
        UserError: the batch is larger than the training part, or cannot be balanced.
    """
    # The one wait for the device in an epoch: the number of classes decides the shapes of everything below.
    class_sizes = torch.bincount(classes).tolist()
    check_batch_size(batch_size, batches, images=len(classes), class_count=len(class_sizes))
    steps = len(classes) // batch_size
    if batches == "shuffled":
        order = torch.randperm(len(classes), generator=generator, device=classes.device)
        return order[: steps * batch_size].view(steps, batch_size)
    if not all(class_sizes):
        raise UserError(f"data.batches: balanced, but the training part has no image of class {class_sizes.index(0)}")
    per_class = batch_size // len(class_sizes)
    decks = torch.split(classes.argsort(stable=True), class_sizes)
    dealt = torch.stack([_deal(deck, steps * per_class, generator) for deck in decks])
    # (K, steps, per_class) -> (steps, per_class, K): classes alternate, so a worker's slice is balanced too.
    return dealt.view(len(decks), steps, per_class).permute(1, 2, 0).reshape(steps, batch_size)


def _deal(deck: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """The first ``count`` cards of one shuffle of the deck after another."""
    shuffles = -(-count // len(deck))
    keys = torch.rand(shuffles, len(deck), generator=generator, device=deck.device)
    return deck[keys.argsort(dim=1)].flatten()[:count]
