"""The spread that minimizes the loss, of all classes and of each."""

from collections.abc import Sequence
from statistics import fmean

from spreadtune.theory import balanced
from spreadtune.theory.scheme import Denominator, Pairs, Scheme, check_counts, equal, mean_count, spreading


def predicted_spread(
    alpha: float,
    class_counts: Sequence[float],
    temperature: float,
    *,
    pairs: Pairs = "cross_view",
    denominator: Denominator = "negatives",
    views: int = 2,
) -> float:
    """The mean over classes of :func:`class_spreads`, as ``spread`` is measured.

    Raises:
        ValueError: as :func:`class_spreads`.
    """
    spreads = class_spreads(alpha, class_counts, temperature, pairs=pairs, denominator=denominator, views=views)
    known = [spread for spread in spreads if spread is not None]
    return known[0] if len(set(known)) == 1 else fmean(known)


def class_spreads(
    alpha: float,
    class_counts: Sequence[float],
    temperature: float,
    *,
    pairs: Pairs = "cross_view",
    denominator: Denominator = "negatives",
    views: int = 2,
) -> list[float | None]:
    """The spread of each class: 0 up to its threshold, n/(n-1) from alpha_m on; None for one image or less.

    Equal classes: :func:`spreadtune.theory.balanced.spread`; unequal ones: :func:`spreadtune.theory.unequal.spreads`.

    Raises:
        ValueError: alpha outside [0, 1], or as :func:`spreadtune.theory.means_vanish_threshold`.
    """
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha must be in [0, 1], got {alpha}")
    scheme = Scheme(temperature, pairs, denominator, views)
    scheme.need_window()
    check_counts(class_counts)
    if equal(class_counts):
        classes, n = len(class_counts), mean_count(class_counts)
        return [balanced.spread(alpha, classes, n, temperature)] * classes
    from spreadtune.theory import unequal  # NumPy and SciPy

    kept = spreading(class_counts)
    spreads = unequal.spreads(alpha, tuple(class_counts[index] for index in kept), temperature)
    found = dict(zip(kept, spreads, strict=True))
    return [found.get(index) for index in range(len(class_counts))]
