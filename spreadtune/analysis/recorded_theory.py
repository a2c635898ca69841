"""What the finished trials of a scheme have recorded of theory, and what follows from it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from spreadtune import theory
from spreadtune.analysis.free_curve import free_curve
from spreadtune.analysis.scheme import Scheme

CURVE_POINTS = 41
"""Between the thresholds of unequal classes, where every point is a minimum to be searched for."""


@dataclass(frozen=True)
class RecordedTheory:
    """Means over the trials of a scheme.

    Attributes:
        scheme: theirs.
        alpha_c: up to here every class collapses; NaN where theory knows nothing.
        alpha_m: from here on class means vanish; NaN where the scheme has no window.
        class_counts: images of each class in a batch; empty where none were recorded.
    """

    scheme: Scheme
    alpha_c: float
    alpha_m: float
    class_counts: tuple[float, ...]

    @classmethod
    def of(cls, scheme: Scheme, trials: pd.DataFrame) -> "RecordedTheory":
        numbers = trials.reindex(columns=["theory.alpha_c", "theory.alpha_m"]).apply(pd.to_numeric)
        alpha_c, alpha_m = numbers.astype(float).mean()
        return cls(scheme, alpha_c, alpha_m, class_counts(scheme, trials))

    @property
    def unequal(self) -> bool:
        """Whether classes have thresholds of their own."""
        return bool(self.class_counts) and not theory.equal(self.class_counts)

    def last_opening(self) -> float | None:
        """From which alpha on no class is collapsed; None where classes are equal or nothing is known."""
        if not self.unequal or np.isnan(self.alpha_m):
            return None
        return theory.last_collapse_threshold(self.class_counts, **self.scheme.arguments)

    def class_spreads(self, alpha: float) -> list[float | None]:
        """The predicted spread of each class; empty where nothing is known."""
        if not self.class_counts or np.isnan(self.alpha_m):
            return []
        return theory.class_spreads(alpha, self.class_counts, **self.scheme.arguments)

    @property
    def has_formula(self) -> bool:
        """Whether theory knows the curve; where it does not, the loss is minimized over free embeddings."""
        return theory.has_window(self.scheme.pairs, self.scheme.denominator)

    def curve(self, alphas: "np.ndarray[Any, Any]") -> pd.DataFrame:
        """The spread of free embeddings, by formula or minimized; columns ``alpha`` and ``spread``.

        Empty where class counts are not known, or too small for any spread.

        Args:
            alphas: (points,) in [0, 1].
        """
        try:
            at, known = self._by_formula(alphas) if self.has_formula else free_curve(self.class_counts, self.scheme)
        except ValueError:  # too few images or classes
            return pd.DataFrame(columns=["alpha", "spread"])
        return pd.DataFrame({"alpha": alphas, "spread": np.interp(alphas, at, known)})

    def _by_formula(self, alphas: "np.ndarray[Any, Any]") -> "tuple[np.ndarray[Any, Any], list[float]]":
        at = self._between() if self.unequal else alphas
        return at, [theory.predicted_spread(float(x), self.class_counts, **self.scheme.arguments) for x in at]

    def _between(self) -> "np.ndarray[Any, Any]":
        """The thresholds, from which on the curve is flat, and alphas between them."""
        return np.linspace(self.alpha_c, self.alpha_m, CURVE_POINTS)


def class_counts(scheme: Scheme, trials: pd.DataFrame) -> tuple[float, ...]:
    """Mean class counts of trials; tables of earlier versions have the mean over classes only."""
    recorded = trials.reindex(columns=["class_counts"])["class_counts"].dropna()
    if len(recorded):
        return tuple(np.mean([[float(count) for count in str(text).split()] for text in recorded], axis=0).tolist())
    mean = float(trials.reindex(columns=["theory.images_per_class"])["theory.images_per_class"].astype(float).mean())
    return () if np.isnan(mean) else _equal_classes(scheme.batch_size, mean)


def _equal_classes(batch_size: int, images_per_class: float) -> tuple[float, ...]:
    return (images_per_class,) * round(batch_size / images_per_class)
