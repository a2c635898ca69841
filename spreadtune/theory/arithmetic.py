"""Logarithms of logistic functions: the plain forms divide by zero at low temperature.

With these, thresholds round to 0.0 and 1.0 where these are the nearest floats.
"""

import math


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
