"""What the predicted spread depends on beside alpha; settings that share it share one predicted curve."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

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
        loss = spec.main_encoder.objective.spread_loss(spec.data.views)
        return cls(batch_size=spec.data.batch_size, **loss.scheme.arguments) if loss else None

    @property
    def arguments(self) -> dict[str, Any]:
        """What the functions of :mod:`spreadtune.theory` take beside alpha and class counts."""
        return {
            "temperature": self.temperature,
            "pairs": self.pairs,
            "denominator": self.denominator,
            "views": self.views,
        }


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
