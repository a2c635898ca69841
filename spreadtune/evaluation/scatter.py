"""Rows around the means of their classes: what spread, collapse and their relatives are made of."""

from dataclasses import dataclass
from functools import cached_property

import torch
import torch.nn.functional as F
from torch import Tensor

from spreadtune.objectives.unit_rows import unit_rows


@dataclass(frozen=True)
class Scatter:
    """N unit rows z_i = e_i / |e_i| in C classes, float64. Classes are numbered in the order of their labels.

    Attributes:
        z: (N, D).
        classes: (N,) int64, 0 .. C - 1.
        counts: (C,) rows of each class, n_c.
        means: (C, D), mu_c.
    """

    z: Tensor
    classes: Tensor
    counts: Tensor
    means: Tensor

    @classmethod
    def of(cls, embeddings: Tensor, labels: Tensor) -> "Scatter":
        """Of ``embeddings`` (N, D), rows not zero, with ``labels`` (N,)."""
        _, classes = labels.unique(return_inverse=True)
        members = F.one_hot(classes).double()  # (N, C); sums by products are reproducible on every device
        counts = members.sum(dim=0)
        z = unit_rows(embeddings.double())
        return cls(z, classes, counts, members.T @ z / counts[:, None])

    @cached_property
    def residuals(self) -> Tensor:
        """(N, D), z_i - mu_c(i)."""
        return self.z - self.means[self.classes]

    @cached_property
    def within(self) -> Tensor:
        """(C,) sum over the rows of a class of |z_i - mu_c|^2."""
        return F.one_hot(self.classes).double().T @ self.residuals.square().sum(dim=1)

    @cached_property
    def total(self) -> float:
        """sum_i |z_i - mu|^2 with mu the mean of all rows; 0 where it is no more than rounding."""
        scatter = float((self.z - self.z.mean(dim=0)).square().sum())
        return scatter if scatter > len(self.z) * torch.finfo(torch.float64).eps else 0.0
