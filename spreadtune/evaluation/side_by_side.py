"""What several frozen encoders make of the same images, as one."""

from collections.abc import Sequence

import torch

from spreadtune.evaluation.probe import Standardization
from spreadtune.evaluation.representations import Representations


class SideBySide:
    """Puts features h of several encoders side by side, each standardized with its training statistics.

    ``[(h_1 - mean_1) / std_1, ..., (h_K - mean_K) / std_K]``, (N, D_1 + ... + D_K): what probes read of an ensemble,
    and what its neighbors are near in. Constant features become zero.

    Args:
        train: of every encoder, training images.
    """

    def __init__(self, train: Sequence[Representations]) -> None:
        self._standardizations = [Standardization.of(of_one.features) for of_one in train]

    def __call__(self, parts: Sequence[Representations]) -> Representations:
        """Of the same images, from every encoder in the same order."""
        standardized = [
            standardization(of_one.features)
            for standardization, of_one in zip(self._standardizations, parts, strict=True)
        ]
        features = torch.cat(standardized, dim=1).float()
        return Representations(features, features, parts[0].labels)
