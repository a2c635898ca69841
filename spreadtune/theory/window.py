"""Where class means vanish, and places in the window between there and the end of collapse."""

from collections.abc import Sequence

from spreadtune.theory import balanced
from spreadtune.theory.collapse import collapse_threshold
from spreadtune.theory.scheme import Denominator, Pairs, Scheme, check_counts, equal, mean_count, spreading


def means_vanish_threshold(
    class_counts: Sequence[float],
    temperature: float,
    *,
    pairs: Pairs = "cross_view",
    denominator: Denominator = "negatives",
    views: int = 2,
) -> float:
    """alpha_m, in [0, 1]: from this alpha on class means are zero and the spread is its maximum, n/(n-1).

    Unequal classes' means vanish at one alpha too: the last direction in which any of them differs from zero
    (:func:`spreadtune.theory.unequal.means_vanish_threshold`).

    Raises:
        ValueError: below two classes, classes that cannot spread, temperature <= 0, or a scheme without a window.
    """
    scheme = Scheme(temperature, pairs, denominator, views)
    scheme.need_window()
    check_counts(class_counts)
    if equal(class_counts):
        return balanced.means_vanish_threshold(len(class_counts), mean_count(class_counts), temperature)
    from spreadtune.theory import unequal  # NumPy and SciPy

    return unequal.means_vanish_threshold(tuple(class_counts[index] for index in spreading(class_counts)), temperature)


def alpha_from_window(
    position: float,
    class_counts: Sequence[float],
    temperature: float,
    *,
    pairs: Pairs = "cross_view",
    denominator: Denominator = "negatives",
    views: int = 2,
) -> float:
    """alpha_c + u (alpha_m - alpha_c): the alpha at position u in [0, 1] of the window.

    Raises:
        ValueError: position outside [0, 1], or as :func:`means_vanish_threshold`.
    """
    if not 0 <= position <= 1:
        raise ValueError(f"position must be in [0, 1], got {position}")
    alpha_c = collapse_threshold(class_counts, temperature, pairs=pairs, denominator=denominator, views=views)
    alpha_m = means_vanish_threshold(class_counts, temperature, pairs=pairs, denominator=denominator, views=views)
    return alpha_c + position * (alpha_m - alpha_c)
