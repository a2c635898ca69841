"""The schemes of pairs, what they make of class counts, and what is refused."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Pairs = Literal["cross_view", "all"]
Denominator = Literal["negatives", "all"]


def has_window(pairs: Pairs, denominator: Denominator) -> bool:
    """Whether alpha_m and the spread at any alpha are known; alpha_c is for every scheme."""
    return pairs == "cross_view" and denominator == "negatives"


@dataclass(frozen=True)
class Scheme:
    """Who is compared with whom.

    Raises:
        ValueError: temperature <= 0, below two views, or an unknown scheme.
    """

    temperature: float
    pairs: Pairs = "cross_view"
    denominator: Denominator = "negatives"
    views: int = 2

    def __post_init__(self) -> None:
        if self.temperature <= 0:
            raise ValueError(f"temperature must be positive, got {self.temperature}")
        if self.views < 2:
            raise ValueError(f"views must be two or more, got {self.views}")
        if self.pairs not in ("cross_view", "all"):
            raise ValueError(f"pairs must be 'cross_view' or 'all', got {self.pairs!r}")
        if self.denominator not in ("negatives", "all"):
            raise ValueError(f"denominator must be 'negatives' or 'all', got {self.denominator!r}")

    @property
    def arguments(self) -> dict[str, Any]:
        """What the functions of :mod:`spreadtune.theory` take beside alpha and class counts."""
        return asdict(self)

    @property
    def has_window(self) -> bool:
        """As :func:`has_window`."""
        return has_window(self.pairs, self.denominator)

    def need_window(self) -> None:
        """Raises ValueError where the window is not known."""
        if not self.has_window:
            raise ValueError(
                "only pairs 'cross_view' with denominator 'negatives' has a formula for the window, got "
                f"{self.pairs!r} with {self.denominator!r}"
            )

    @property
    def copies(self) -> int:
        """How often an anchor meets an image of another class: once, or once in each view."""
        return 1 if self.pairs == "cross_view" else self.views

    def positives(self, n: float) -> float:
        """How many positives an anchor has in a class of n images: n, or V n - 1.

        Raises:
            ValueError: none.
        """
        p = n if self.pairs == "cross_view" else self.views * n - 1
        if p <= 0:
            raise ValueError(f"class_counts: {self.views} views of {n} images leave an anchor no positives")
        return p

    def competitors(self, n: float) -> float:
        """k, the positives in the denominator at collapse: one, or all of them."""
        return 1.0 if self.denominator == "negatives" else self.positives(n)

    def class_weight(self, n: float) -> float:
        """g, how hard the class-conditional term pushes an image away at collapse: 1, or V n / (V n - 1)."""
        return 1.0 if self.pairs == "cross_view" else self.views * n / self.positives(n)


@dataclass(frozen=True)
class SpreadLoss:
    """What the theory needs to know of an objective: the weight of its class-conditional term, and its pairs."""

    alpha: float
    scheme: Scheme


def check_counts(class_counts: Sequence[float]) -> None:
    """Raises ValueError below two classes, or where a batch holds no images."""
    if len(class_counts) < 2:
        raise ValueError(f"class_counts: theory is about two classes or more, got {len(class_counts)}")
    if mean_count(class_counts) <= 0:
        raise ValueError(f"class_counts: a batch must hold images, got a mean count of {mean_count(class_counts)}")


def mean_count(class_counts: Sequence[float]) -> float:
    """n, the mean number of images of a class."""
    return math.fsum(class_counts) / len(class_counts)


NEARLY = 0.02
"""Classes that differ by less are taken as equal: it moves a threshold by some thousandths, and the mean over random
batches of equal classes differs by as much."""


def equal(class_counts: Sequence[float]) -> bool:
    """Whether classes are equal, or nearly."""
    return max(class_counts) - min(class_counts) < NEARLY * mean_count(class_counts)


def spreading(class_counts: Sequence[float]) -> tuple[int, ...]:
    """The classes that the model speaks of, where they differ: those of more than one image.

    Raises:
        ValueError: below two.
    """
    found = tuple(index for index, n in enumerate(class_counts) if n > 1)
    if len(found) < 2:
        raise ValueError(f"class_counts: one image of a class cannot spread, and {len(found)} of the classes have more")
    return found
