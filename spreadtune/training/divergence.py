"""When training has left the numbers."""

import math
from collections.abc import Mapping


class DivergenceError(Exception):
    """Something measured of an epoch is NaN or infinite.

    Attributes:
        epoch: the epoch it was seen in; the one before is the last that counts.
    """

    def __init__(self, epoch: int, name: str, value: float) -> None:
        super().__init__(f"diverged: {name} is {value} in epoch {epoch}")
        self.epoch = epoch


def check_finite(epoch: int, measured: Mapping[str, float]) -> None:
    """Raise :class:`DivergenceError` for the first number of an epoch that is not finite."""
    for name, value in measured.items():
        if not math.isfinite(value):
            raise DivergenceError(epoch, name, value)
