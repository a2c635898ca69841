"""The spread curve of schemes without a formula: the loss minimized over free embeddings."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from spreadtune import theory
from spreadtune.analysis.scheme import Scheme

POINTS = 25
HALVINGS = 9
NEARLY_FULL = 1e-3


def free_curve(class_counts: Sequence[float], scheme: Scheme) -> "tuple[np.ndarray[Any, Any], list[float]]":
    """Alphas from alpha_c to where the spread is full, closer at both ends where it bends, and the spread at each.

    Below them classes are collapsed, above the spread stays: so between them, and beyond, interpolation serves. Class
    counts are rounded. About a second; some for many unequal classes.

    Raises:
        ValueError: fewer than two classes, or no class of two images.
    """
    from spreadtune.objectives import free_embedding_curve  # torch

    counts = [round(count) for count in class_counts]
    arguments = scheme.arguments

    def spread(alpha: float) -> float:
        return free_embedding_curve([alpha], counts, **arguments)[0]

    low = theory.collapse_threshold([count for count in counts if count], **arguments)
    full = spread(1.0)
    high = _first(lambda alpha: spread(alpha) > full - NEARLY_FULL, low, 1.0)
    u = np.linspace(0, 1, POINTS)
    alphas = low + (high - low) * (1 - np.cos(np.pi * u)) / 2
    inside = free_embedding_curve(alphas[1:-1].tolist(), counts, **arguments)
    return alphas, [0.0, *inside, full]


def _first(holds: Callable[[float], bool], low: float, high: float) -> float:
    """The alpha from which on ``holds``, as it does at ``high``, to a 512th of the range."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
