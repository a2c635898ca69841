"""The mathematics of a text plot: in which cell of an axis a number lies, and which round numbers stand beside it."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal


@dataclass(frozen=True)
class Scale:
    """An axis cut into equal cells, of the number itself or of its logarithm.

    Cell i holds low + i w <= value < low + (i + 1) w with w = (high - low) / cells; the last one holds ``high``, too.

    Attributes:
        low, high: the ends, low < high; positive on a logarithmic axis.
        cells: how many, at least one.
        logarithmic: low, high and value stand for their logarithms in the formula.
    """

    low: float
    high: float
    cells: int
    logarithmic: bool = False

    def cell(self, value: float) -> int | None:
        """The cell that holds ``value``; None when it is NaN, infinite or beyond the ends."""
        if not self.low <= value <= self.high:
            return None
        low, high = self._place(self.low), self._place(self.high)
        return min(int((self._place(value) - low) / (high - low) * self.cells), self.cells - 1)

    def _place(self, value: float) -> float:
        return math.log(value) if self.logarithmic else value


def ticks_around(low: float, high: float, most: int) -> list[Decimal]:
    """Multiples of one round step, from the last that is at most ``low`` to the first that is at least ``high``.

    A step is 1, 2 or 5 times a power of ten, here the smallest that needs no more than ``most`` ticks. Ends that lie
    closer together than a thousandth of their size are taken to be that far apart, so that labels stay short.

    Args:
        low, high: finite, low <= high.
        most: at least 3: below and above zero there are always three.
    """
    low, high = _apart(low, high)
    for step in _steps((high - low) / most):
        first, last = _multiple(low, step, ROUND_FLOOR), _multiple(high, step, ROUND_CEILING)
        if last - first < most:
            return [step * place for place in range(first, last + 1)]
    raise AssertionError("steps rise without end")


def ticks_inside(low: float, high: float, most: int, *, logarithmic: bool = False) -> list[Decimal]:
    """Round numbers between ``low`` and ``high``, at least one and at most ``most``, rising.

    They are multiples of the smallest round step with so few; on a logarithmic axis 1, 2 and 5 times powers of ten, or
    powers alone, where there are two of them or more.

    Args:
        low, high: finite, low < high; positive on a logarithmic axis.
        most: at least 3.
    """
    if logarithmic and len(found := _powers(low, high, most)) > 1:
        return found
    for step in _steps((high - low) / most):
        first, last = _multiple(low, step, ROUND_CEILING), _multiple(high, step, ROUND_FLOOR)
        if last - first < most:
            return [step * place for place in range(first, last + 1)]
    raise AssertionError("steps rise without end")


def label(tick: Decimal) -> str:
    """``0.25``, ``100`` or ``1e-07``: a tick as a person reads it, and exactly that number."""
    plain = f"{tick:f}"
    return plain if len(plain) <= 7 else f"{float(tick):g}"


def _apart(low: float, high: float) -> tuple[float, float]:
    size = max(abs(low), abs(high)) or 1.0
    missing = max(0.0, size / 1000 - (high - low))
    return low - missing / 2, high + missing / 2


def _steps(rough: float) -> Iterator[Decimal]:
    """1, 2 and 5 times powers of ten, rising from at most ``rough``."""
    power = math.floor(math.log10(max(rough, math.ulp(0.0))))
    return (Decimal(digit).scaleb(above) for above in itertools.count(power) for digit in (1, 2, 5))


def _multiple(value: float, step: Decimal, rounding: str) -> int:
    """How many steps from zero; a value that is written as a multiple of the step counts as one."""
    return int((Decimal(repr(value)) / step).to_integral_value(rounding))


def _powers(low: float, high: float, most: int) -> list[Decimal]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    coarser = (((1,), every) for every in itertools.count(1))
    for digits, every in itertools.chain([((1, 2, 5), 1)], coarser):
        candidates = (Decimal(digit).scaleb(power) for power in range(first, last + 1, every) for digit in digits)
        found = [tick for tick in candidates if low <= float(tick) <= high]
        if len(found) <= most:
            return found
    raise AssertionError("powers thin out without end")
