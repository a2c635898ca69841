"""Where collapse ends: alpha_c of the first class that opens, and of every other."""

from collections.abc import Sequence

from spreadtune.theory import balanced
from spreadtune.theory.scheme import Denominator, Pairs, Scheme, check_counts, equal, mean_count, spreading


def collapse_threshold(
    class_counts: Sequence[float],
    temperature: float,
    *,
    pairs: Pairs = "cross_view",
    denominator: Denominator = "negatives",
    views: int = 2,
) -> float:
    """alpha_c, in [0, 1]: up to this alpha every class collapses to a point.

    Equal classes open together (:func:`spreadtune.theory.balanced.collapse_threshold`). Of unequal ones the first
    opens here (:func:`spreadtune.theory.unequal.opening_thresholds`).

    Raises:
        ValueError: below two classes or two views, an anchor without positives, temperature <= 0, or an
            unknown scheme.
    """
    scheme = Scheme(temperature, pairs, denominator, views)
    check_counts(class_counts)
    if equal(class_counts):
        return balanced.collapse_threshold(len(class_counts), mean_count(class_counts), scheme)
    counts = tuple(class_counts[index] for index in spreading(class_counts))
    if equal(counts):
        return balanced.collapse_threshold(len(counts), mean_count(counts), scheme)
    from spreadtune.theory import unequal  # NumPy and SciPy

    return min(unequal.opening_thresholds(counts, scheme))


def last_collapse_threshold(
    class_counts: Sequence[float],
    temperature: float,
    *,
    pairs: Pairs = "cross_view",
    denominator: Denominator = "negatives",
    views: int = 2,
) -> float:
    """The alpha from which on no class is collapsed; alpha_c where classes are equal.

    Raises:
        ValueError: as :func:`collapse_threshold`, and for a scheme without a window.
    """
    scheme = Scheme(temperature, pairs, denominator, views)
    scheme.need_window()
    check_counts(class_counts)
    if equal(class_counts):
        return balanced.collapse_threshold(len(class_counts), mean_count(class_counts), scheme)
    from spreadtune.theory import unequal

    return unequal.last_opening(tuple(class_counts[index] for index in spreading(class_counts)), scheme)


def class_thresholds(
    class_counts: Sequence[float],
    temperature: float,
    *,
    pairs: Pairs = "cross_view",
    denominator: Denominator = "negatives",
    views: int = 2,
) -> list[float | None]:
    """The alpha at which each class opens; None for a class of one image or less.

    Beyond the first they depend on how far the others are open, and are found to 1e-4.

    Raises:
        ValueError: as :func:`collapse_threshold`, and for a scheme without a window.
    """
    scheme = Scheme(temperature, pairs, denominator, views)
    scheme.need_window()
    check_counts(class_counts)
    if equal(class_counts):
        return [balanced.collapse_threshold(len(class_counts), mean_count(class_counts), scheme)] * len(class_counts)
    kept = spreading(class_counts)
    from spreadtune.theory import unequal

    found = dict(zip(kept, unequal.class_thresholds(tuple(class_counts[index] for index in kept), scheme), strict=True))
    return [found.get(index) for index in range(len(class_counts))]
