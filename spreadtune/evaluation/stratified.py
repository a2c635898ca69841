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
