"""What the predicted spread depends on beside alpha; settings that share it share one predicted curve."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
import pandas as pd

from spreadtune import theory
from spreadtune.spec.objective import SpreadObjective
from spreadtune.spec.trial import TrialSpec

SCHEME_PATHS = ("objective.temperature", "data.batch_size", "objective.pairs", "objective.denominator", "data.views")


@dataclass(frozen=True, order=True)
class Scheme:
    """Temperature, batch and pair scheme of a setting trained with the spread loss."""

    temperature: float
    batch_size: int
    pairs: Literal["cross_view", "all"]
    denominator: Literal["negatives", "all"]
    views: int

    @classmethod
    def of(cls, spec: TrialSpec) -> Self | None:
        """The scheme of a trial; None for objectives that the theory says nothing about."""
        objective = spec.objective
        if not isinstance(objective, SpreadObjective):
            return None
        return cls(
            temperature=objective.temperature,
            batch_size=spec.data.batch_size,
            pairs=objective.pairs,
            denominator=objective.denominator,
            views=spec.data.views,
        )

    def curve(self, images_per_class: float, alphas: np.ndarray) -> pd.DataFrame:
        """The predicted spread of free embeddings at ``alphas``; empty where there is no formula.

        Args:
            images_per_class: mean number of images of a class in a batch, which gives the number of classes too.
            alphas: (points,) in [0, 1].

        Returns:
            Columns ``alpha`` and ``spread``.
        """
        if math.isnan(images_per_class):
            return pd.DataFrame(columns=["alpha", "spread"])
        counts = [images_per_class] * round(self.batch_size / images_per_class)
        try:
            spreads = [
                theory.predicted_spread(
                    float(alpha),
                    counts,
                    self.temperature,
                    pairs=self.pairs,
                    denominator=self.denominator,
                    views=self.views,
                )
                for alpha in alphas
            ]
        except ValueError:  # no formula for this pair scheme, or too few images for one
            return pd.DataFrame(columns=["alpha", "spread"])
        return pd.DataFrame({"alpha": alphas, "spread": spreads})


def distinguishing_labels(schemes: Sequence[Scheme]) -> list[str]:
    """Each scheme in words, less what all of them share: ``temperature 0.1`` where only the temperature differs."""
    described = [
        (
            f"temperature {scheme.temperature:.3g}",
            f"batch {scheme.batch_size}",
            f"pairs {scheme.pairs}",
            f"denominator {scheme.denominator}",
            f"{scheme.views} views",
        )
        for scheme in schemes
    ]
    differs = [len(set(words)) > 1 for words in zip(*described, strict=True)]
    return [", ".join(itertools.compress(words, differs)) for words in described]
