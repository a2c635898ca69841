"""The spread curve of schemes without a formula: the loss minimized over free embeddings."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from spreadtune import theory
from spreadtune.analysis.scheme import Scheme
from spreadtune.theory.arithmetic import bisected

POINTS = 25
SHARE = 1 / 500
"""Of the alphas above alpha_c: as closely is it found from where on the spread is full."""

NEARLY_FULL = 1e-3


def free_curve(class_counts: Sequence[float], scheme: Scheme) -> "tuple[np.ndarray[Any, Any], list[float]]":
    """Alphas from alpha_c to where the spread is full, closer at both ends where it bends, and the spread at each.

    Below them classes are collapsed, above the spread stays: so between them, and beyond, interpolation serves. Class
    counts are rounded. About a second; some for many unequal classes.

    Raises:
        ValueError: fewer than two classes, or no class of two images.
    """
    from spreadtune.objectives import free_embedding_curve  # torch
    from spreadtune.objectives.free_minimum import whole_counts

    counts = whole_counts(class_counts)
    arguments = scheme.arguments

    def spread(alpha: float) -> float:
        return free_embedding_curve([alpha], counts, **arguments)[0]

    low = theory.collapse_threshold(counts, **arguments)
    full = spread(1.0)
    _, high = bisected(low, 1.0, lambda alpha: spread(alpha) > full - NEARLY_FULL, SHARE * (1 - low))
    u = np.linspace(0, 1, POINTS)
    alphas = low + (high - low) * (1 - np.cos(np.pi * u)) / 2
    inside = free_embedding_curve(alphas[1:-1].tolist(), counts, **arguments)
    return alphas, [0.0, *inside, full]
