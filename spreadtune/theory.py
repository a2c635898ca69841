"""What the spread loss does to free embeddings: where collapse ends, class means vanish, and how far classes spread.

The model: unit embeddings that move freely in enough dimensions, all views of an image tied to one point, C
balanced classes of n images in a batch. Minimizing (1 - alpha) supcon + alpha ccinfonce then has three
regimes: up to alpha_c every class is one point; from alpha_m on images of a class are no closer than chance;
in the window between, spread grows with alpha. Losses: Chen et al. 2022, arXiv 2204.07596. The thresholds come
from the Hessian at the collapsed simplex (alpha_c) and from the one-number family of :func:`predicted_spread`
(alpha_m).

Symbols: tau temperature; c = -1/(C-1) the cosine between collapsed classes (a simplex); m the number of negatives
of an anchor.

The functions share their arguments::

    class_counts  images of each class in a batch, means over batches will do; they enter by their mean n
    temperature   tau > 0
    pairs         who is compared with whom, as in spreadtune.objectives
    denominator   what a positive of the supervised term competes with
    views         V >= 2; thresholds depend on it with pairs "all" only

All exponentials are of differences, inside logistic functions: the plain forms divide by zero at low
temperature, these round alpha_c to 0.0 and alpha_m to 1.0 where these are the nearest floats.
"""

import math
from collections.abc import Sequence
from typing import Literal

Pairs = Literal["cross_view", "all"]
Denominator = Literal["negatives", "all"]


def has_window(pairs: Pairs, denominator: Denominator) -> bool:
    """Whether alpha_m and the spread at any alpha have a formula; alpha_c has one for every scheme."""
    return pairs == "cross_view" and denominator == "negatives"


def collapse_threshold(
    class_counts: Sequence[float],
    temperature: float,
    *,
    pairs: Pairs = "cross_view",
    denominator: Denominator = "negatives",
    views: int = 2,
) -> float:
    """alpha_c, in [0, 1]: up to this alpha a class collapses to a point.

    ::

        cross_view: p = n,        m = (C - 1) n,    g = 1                  negatives: k = 1
        all:        p = V n - 1,  m = V (C - 1) n,  g = V n / (V n - 1)    all:       k = p
        q = m e^{c/tau} / (k e^{1/tau} + m e^{c/tau}),   r = q (g - c) / g,   alpha_c = r / (1 + r)

    q is the share of the negatives in the supervised softmax at collapse; r is how much harder the supervised
    term pulls an image back to its class than the class-conditional term pushes it away, each at unit weight.

    Raises:
        ValueError: below two classes or two views, an anchor without positives, temperature <= 0, or an
            unknown scheme.
    """
    C, n = _balanced(class_counts)
    _check_temperature(temperature)
    if views < 2:
        raise ValueError(f"views must be two or more, got {views}")
    if pairs == "cross_view":
        p, m, g = n, (C - 1) * n, 1.0
    elif pairs == "all":
        p, m = views * n - 1, views * (C - 1) * n
        if p <= 0:
            raise ValueError(f"class_counts: {views} views of {n} images leave an anchor no positives")
        g = views * n / p
    else:
        raise ValueError(f"pairs must be 'cross_view' or 'all', got {pairs!r}")
    if denominator not in ("negatives", "all"):
        raise ValueError(f"denominator must be 'negatives' or 'all', got {denominator!r}")
    k = 1.0 if denominator == "negatives" else p
    c = -1 / (C - 1)
    q = math.exp(_log_logistic(math.log(m / k) - (1 - c) / temperature))
    r = q * (g - c) / g
    return r / (1 + r)


def means_vanish_threshold(
    class_counts: Sequence[float],
    temperature: float,
    *,
    pairs: Pairs = "cross_view",
    denominator: Denominator = "negatives",
    views: int = 2,
) -> float:
    """alpha_m, in [0, 1]: from this alpha on class means are zero and the spread is its maximum, n/(n-1).

    The alpha at which A = 0 is stationary in the family of :func:`predicted_spread`. Written out, for
    w = -1/(n-1)::

        q0 = m / (e^{1/tau} + m),   q1 = m / (e^{w/tau} + m),   qbar = (q0 + (n-1) q1) / n,
        p0 = e^{1/tau} / (e^{1/tau} + (n-1) e^{w/tau})
        r = (q1 - c qbar) (n-1) / (n (1 - p0)),   alpha_m = r / (1 + r)

    Raises:
        ValueError: below two classes, a mean count <= 1, temperature <= 0, or a scheme without a formula.
    """
    C, n = _window(class_counts, temperature, pairs, denominator)
    return math.exp(_log_logistic(_log_odds(1.0, C, n, temperature)))


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
    _check_share("position", position)
    alpha_c = collapse_threshold(class_counts, temperature, pairs=pairs, denominator=denominator, views=views)
    alpha_m = means_vanish_threshold(class_counts, temperature, pairs=pairs, denominator=denominator, views=views)
    return alpha_c + position * (alpha_m - alpha_c)


def predicted_spread(
    alpha: float,
    class_counts: Sequence[float],
    temperature: float,
    *,
    pairs: Pairs = "cross_view",
    denominator: Denominator = "negatives",
    views: int = 2,
) -> float:
    """The spread that minimizes the loss: 0 up to alpha_c, n/(n-1) from alpha_m on, growing between.

    With A the squared norm of a class mean and w(A) = A - (1-A)/(n-1) the cosine inside a class, the loss is::

        supcon(A)    = (1/n) [ log(1 + m e^{(A c - 1)/tau}) + (n-1) log(1 + m e^{(A c - w)/tau}) ]
        ccinfonce(A) = log(1 + (n-1) e^{(w - 1)/tau})
        A* = argmin over [0, 1] of (1-alpha) supcon + alpha ccinfonce,   spread = 1 - w(A*) = (1-A*) n/(n-1)

    Both terms are log(1 + e^x) of affine functions of A, hence convex: a stationary point is the global
    minimum, and where there is none the minimum is at an end. As t = 1 - A grows, d supcon/dt grows and -d
    ccinfonce/dt falls, so the alpha at which t is stationary grows with t, and bisection finds the t of a
    given alpha.

    Raises:
        ValueError: alpha outside [0, 1], or as :func:`means_vanish_threshold`.
    """
    _check_share("alpha", alpha)
    C, n = _window(class_counts, temperature, pairs, denominator)
    log_odds = _logit(alpha)
    if log_odds <= _log_odds(0.0, C, n, temperature):
        return 0.0
    if log_odds >= _log_odds(1.0, C, n, temperature):
        return n / (n - 1)
    low, high = 0.0, 1.0
    for _ in range(52):  # down to the spacing of floats below 1
        t = (low + high) / 2
        low, high = (t, high) if _log_odds(t, C, n, temperature) < log_odds else (low, t)
    return (low + high) / 2 * n / (n - 1)


def _log_odds(t: float, C: int, n: float, temperature: float) -> float:
    """log alpha / (1 - alpha) of the alpha at which A = 1 - t is stationary: log supcon' - log(-ccinfonce').

    Logarithms, as both slopes may be too small for a float. They are, in t, times tau, with f = n/(n-1),
    w = 1 - f t and the logistic function s(x) = 1 / (1 + e^{-x})::

        supcon'     = [ -c s(log m + (A c - 1)/tau) + (n-1) (f - c) s(log m + (A c - w)/tau) ] / n
        -ccinfonce' = f s(log(n-1) + (w - 1)/tau)
    """
    c, log_m, f = -1 / (C - 1), math.log((C - 1) * n), n / (n - 1)
    A, w = 1 - t, 1 - f * t
    log_supcon_slope = _log_add(
        math.log(-c / n) + _log_logistic(log_m + (A * c - 1) / temperature),
        math.log((n - 1) * (f - c) / n) + _log_logistic(log_m + (A * c - w) / temperature),
    )
    log_ccinfonce_slope = math.log(f) + _log_logistic(math.log(n - 1) + (w - 1) / temperature)
    return log_supcon_slope - log_ccinfonce_slope


def _log_logistic(x: float) -> float:
    return min(x, 0.0) - math.log1p(math.exp(-abs(x)))


def _log_add(x: float, y: float) -> float:
    return max(x, y) + math.log1p(math.exp(-abs(x - y)))


def _logit(share: float) -> float:
    if share in (0, 1):
        return math.inf if share else -math.inf
    return math.log(share) - math.log1p(-share)


def _window(
    class_counts: Sequence[float], temperature: float, pairs: Pairs, denominator: Denominator
) -> tuple[int, float]:
    """C and n where the window has a formula."""
    if not has_window(pairs, denominator):
        raise ValueError(
            "only pairs 'cross_view' with denominator 'negatives' has a formula for the window, got "
            f"{pairs!r} with {denominator!r}"
        )
    C, n = _balanced(class_counts)
    if n <= 1:
        raise ValueError(f"class_counts: one image of a class cannot spread, got a mean count of {n}")
    _check_temperature(temperature)
    return C, n


def _balanced(class_counts: Sequence[float]) -> tuple[int, float]:
    """C and n, the number of classes and their mean count."""
    C = len(class_counts)
    if C < 2:
        raise ValueError(f"class_counts: theory is about two classes or more, got {C}")
    n = math.fsum(class_counts) / C
    if n <= 0:
        raise ValueError(f"class_counts: a batch must hold images, got a mean count of {n}")
    return C, n


def _check_temperature(temperature: float) -> None:
    if temperature <= 0:
        raise ValueError(f"temperature must be positive, got {temperature}")


def _check_share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must be in [0, 1], got {value}")
