"""Equal classes: C classes of n images in closed form, and a one-number family for the spread between the thresholds.

The thresholds come from the Hessian at the collapsed simplex (alpha_c) and from the family of :func:`spread` (alpha_m).
Symbols: c = -1/(C-1) the cosine between collapsed classes (a simplex); m the number of negatives of an anchor.

All exponentials are of differences, inside logistic functions.
"""

import math

from spreadtune.theory.arithmetic import log_add, log_logistic, logit
from spreadtune.theory.scheme import Scheme


def collapse_threshold(C: int, n: float, scheme: Scheme) -> float:
    """alpha_c of C classes of n images.

    ::

        cross_view: p = n,        m = (C - 1) n,    g = 1                  negatives: k = 1
        all:        p = V n - 1,  m = V (C - 1) n,  g = V n / (V n - 1)    all:       k = p
        q = m e^{c/tau} / (k e^{1/tau} + m e^{c/tau}),   r = q (g - c) / g,   alpha_c = r / (1 + r)

    q is the share of the negatives in the supervised softmax at collapse; r is how much harder the supervised
    term pulls an image back to its class than the class-conditional term pushes it away, each at unit weight.

    Raises:
        ValueError: an anchor without positives.
    """
    m, k, g = scheme.copies * (C - 1) * n, scheme.competitors(n), scheme.class_weight(n)
    c = -1 / (C - 1)
    q = math.exp(log_logistic(math.log(m / k) - (1 - c) / scheme.temperature))
    r = q * (g - c) / g
    return r / (1 + r)


def means_vanish_threshold(C: int, n: float, temperature: float) -> float:
    """alpha_m, the alpha at which A = 0 is stationary in the family of :func:`spread`.

    Written out, for w = -1/(n-1)::

        q0 = m / (e^{1/tau} + m),   q1 = m / (e^{w/tau} + m),   qbar = (q0 + (n-1) q1) / n,
        p0 = e^{1/tau} / (e^{1/tau} + (n-1) e^{w/tau})
        r = (q1 - c qbar) (n-1) / (n (1 - p0)),   alpha_m = r / (1 + r)

    Raises:
        ValueError: n <= 1.
    """
    _check_size(n)
    return math.exp(log_logistic(_log_odds(1.0, C, n, temperature)))


def spread(alpha: float, C: int, n: float, temperature: float) -> float:
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
        ValueError: n <= 1.
    """
    _check_size(n)
    log_odds = logit(alpha)
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
    log_supcon_slope = log_add(
        math.log(-c / n) + log_logistic(log_m + (A * c - 1) / temperature),
        math.log((n - 1) * (f - c) / n) + log_logistic(log_m + (A * c - w) / temperature),
    )
    log_ccinfonce_slope = math.log(f) + log_logistic(math.log(n - 1) + (w - 1) / temperature)
    return log_supcon_slope - log_ccinfonce_slope


def _check_size(n: float) -> None:
    if n <= 1:
        raise ValueError(f"class_counts: one image of a class cannot spread, got a mean count of {n}")
