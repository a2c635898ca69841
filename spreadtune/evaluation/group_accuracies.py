"""How right predictions are group by group: of the class, in groups of class and attribute."""

import torch
from torch import Tensor


def group_accuracies(predicted: Tensor, classes: Tensor, groups: Tensor) -> dict[int, float]:
    """The share of each group's images whose class is predicted, by the group; groups without images are left out.

    Args:
        predicted: (N,).
        classes: (N,), the truth.
        groups: int64 (N,), from 0.
    """
    right = (predicted == classes).double()
    images = torch.bincount(groups).double()
    share = torch.bincount(groups, weights=right) / images
    return {group: float(share[group]) for group in torch.unique(groups).tolist()}


def weighted_mean(accuracies: dict[int, float], train_groups: Tensor) -> float:
    """The mean of groups' accuracies by their shares of the training images: an average accuracy on images like those
    (Sagawa et al. 2020, arXiv 1911.08731).

    Args:
        accuracies: by group.
        train_groups: int64 (N,), of the training images.
    """
    images = torch.bincount(train_groups, minlength=max(accuracies) + 1).double()
    weights = torch.tensor([float(images[group]) for group in accuracies], dtype=torch.float64)
    values = torch.tensor([*accuracies.values()], dtype=torch.float64)
    return float((weights * values).sum() / weights.sum())
