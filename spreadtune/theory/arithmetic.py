"""Logarithms of logistic functions, for the plain forms divide by zero at low temperature, and bisection.

With the logarithms, thresholds round to 0.0 and 1.0 where these are the nearest floats.
"""

import math
from collections.abc import Callable


def log_logistic(x: float) -> float:
    """log 1 / (1 + e^{-x})."""
    return min(x, 0.0) - math.log1p(math.exp(-abs(x)))


def log_add(x: float, y: float) -> float:
    """log (e^x + e^y)."""
    return max(x, y) + math.log1p(math.exp(-abs(x - y)))


def logit(share: float) -> float:
    """log share / (1 - share)."""
    if share in (0, 1):
        return math.inf if share else -math.inf
    return math.log(share) - math.log1p(-share)


def bisected(low: float, high: float, holds: Callable[[float], bool], precision: float) -> tuple[float, float]:
    """Two numbers, ``precision`` apart at most, between which ``holds`` begins to be true, as it is at ``high``."""
    while high - low > precision:
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return low, high
