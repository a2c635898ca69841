"""Random draws that treat every label alike."""

import torch
from torch import Tensor


def rank_within_label(labels: Tensor, *, seed: int) -> Tensor:
    """(N,) the place, from 0, of each example in a random order of the examples of its label.

    Drawn on the CPU, so the draw is the same on every device.
    """
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(labels), generator=generator)
    _, classes, counts = labels.cpu()[order].unique(return_inverse=True, return_counts=True)
    by_class = classes.argsort(stable=True)
    first = counts.cumsum(0) - counts
    ranks = torch.empty_like(order)
    ranks[order[by_class]] = torch.arange(len(labels)) - first.repeat_interleave(counts)
    return ranks.to(labels.device)


def held_out_tenth(labels: Tensor, *, seed: int) -> Tensor:
    """(N,) true for a random tenth of each label's examples: at least one, but none of a label with a single one."""
    _, classes, counts = labels.unique(return_inverse=True, return_counts=True)
    tenth = torch.where(counts >= 2, ((counts + 5) // 10).clamp(min=1), 0)
    return rank_within_label(labels, seed=seed) < tenth[classes]


def few_of_each(labels: Tensor, shots: int, *, seed: int) -> Tensor:
    """(N,) true for ``shots`` random examples of each label, or all where a label has fewer."""
    return rank_within_label(labels, seed=seed) < shots


def at_most(labels: Tensor, count: int, *, seed: int) -> Tensor:
    """Positions, rising, of ``count`` examples in the proportions of the labels, or of all where there are no more.

    A label that would have none has one, if ``count`` is no less than the number of labels.
    """
    if len(labels) <= count:
        return torch.arange(len(labels), device=labels.device)
    _, classes, counts = labels.unique(return_inverse=True, return_counts=True)
    ranks = rank_within_label(labels, seed=seed)
    # the first of each label stand before all others, which come in steps of their label's share
    places = torch.where(ranks == 0, -1.0, (ranks + 0.5) / counts[classes])
    return places.argsort(stable=True)[:count].sort().values
