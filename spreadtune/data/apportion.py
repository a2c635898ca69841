"""Whole numbers in given proportions."""

from collections.abc import Sequence


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Whole numbers that add up to ``total`` and stand in the ratio of ``weights``, by the largest remainder.

    Every share is its exact quota ``total * weight / sum(weights)`` rounded down, and the units left over go
    to the largest remainders, ties to the earlier. Integer arithmetic, hence exact.
    """
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def enough_for_all(weights: Sequence[int]) -> int:
    """The smallest total from which on every share is at least 1; the weights are positive.

    A total may give everybody something and the next one not (the Alabama paradox), but from a quota of 1 on nobody
    goes without.
    """
    surely = -(-sum(weights) // min(weights))
    return 1 + max((total for total in range(surely) if not all(apportion(total, weights))), default=0)
