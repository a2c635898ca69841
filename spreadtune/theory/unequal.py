"""Unequal classes: the minimum of the spread loss over all free embeddings, as a convex problem of C x C numbers.

The loss is convex in the Gram matrix of the embeddings, for it is made of log-sum-exp of its entries, and it does not
change when images of a class swap places. Averaging a minimum over such swaps is a minimum again; so inside a class all
cosines are equal, and what is left are the inner products M_kl of the class means, with A_k = M_kk in [0, 1] and M
positive semidefinite::

    w_k = A_k - (1 - A_k)/(n_k - 1)                            cosine inside class k;  spread_k = 1 - w_k
    E_k(s) = log(1 + sum_{l != k} n_l e^{(M_kl - s)/tau})
    N loss = sum_k [ (1-alpha) (E_k(1) + (n_k - 1) E_k(w_k)) + alpha n_k log(1 + (n_k - 1) e^{(w_k - 1)/tau}) ]

It is minimized over M_kl = a_k a_l u_k . u_l with unit vectors u_k in C dimensions and 0 <= a_k <= 1, by L-BFGS-B, as
log loss, since at low temperature the loss is tiny. Full rank leaves no other local minima (Burer and Monteiro 2005),
and a collapsed class lies exactly on its bound, a_k = 1.
"""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit, logsumexp
from threadpoolctl import ThreadpoolController

from spreadtune.theory.arithmetic import bisected, log_logistic
from spreadtune.theory.scheme import Scheme

Counts = tuple[float, ...]
Array = NDArray[np.float64]

LogLoss = Callable[[Array, Array], tuple[float, Array, Array]]
"""From norms a (C,) and unit vectors u (C, C) to the log of a loss, its gradient by a, and by u."""

_THREADS = ThreadpoolController()
"""Matrices are so small that threads of BLAS wait for one another: ten times slower on a busy machine."""

PRECISION = 1e-4
"""To which thresholds are found that have no formula."""


@lru_cache(maxsize=1024)
def opening_thresholds(counts: Counts, scheme: Scheme) -> list[float]:
    """The alpha at which each class would open while all others are collapsed: the smallest is that of the first.

    With M* the cosines of the collapsed classes, which minimize the supervised term, and the shares q_kl of the
    negatives in its softmax (m, k, g as for equal classes)::

        q_kl = m_l e^{M*_kl/tau} / (k_k e^{1/tau} + sum_{j != k} m_j e^{M*_kj/tau})
        r_k = sum_{l != k} [ q_kl - M*_kl/(2 g_k) (q_kl + q_lk n_l/n_k) ],    threshold_k = r_k / (1 + r_k)

    The second part is by how much the class pulls itself and the others apart where its mean is shortened: the
    derivative of the minimum over M by its diagonal. For two classes M*_12 = -1.
    """
    n = np.array(counts, dtype=float)
    M = _collapsed_cosines(counts, scheme)
    q = _shares(M, counts, scheme)
    g = np.array([scheme.class_weight(count) for count in counts])
    r = q.sum(axis=1) - (M * (q + q.T * n[None, :] / n[:, None])).sum(axis=1) / (2 * g)
    return [float(value) for value in r / (1 + r)]


@lru_cache(maxsize=1024)
def last_opening(counts: Counts, scheme: Scheme) -> float:
    """The alpha from which on no class is collapsed, to 1e-4."""
    low, high = min(opening_thresholds(counts, scheme)), means_vanish_threshold(counts, scheme.temperature)
    return _opening(low, high, lambda alpha: min(spreads(alpha, counts, scheme.temperature)) > 0)


def class_thresholds(counts: Counts, scheme: Scheme) -> list[float]:
    """The alpha at which each class opens: the first by its formula, the others to 1e-4."""
    alone = opening_thresholds(counts, scheme)
    first, last = min(alone), last_opening(counts, scheme)

    def found(index: int) -> float:
        return _opening(first, last, lambda alpha: spreads(alpha, counts, scheme.temperature)[index] > 0)

    return [first if alone[index] == first else found(index) for index in range(len(counts))]


@lru_cache(maxsize=1024)
def means_vanish_threshold(counts: Counts, temperature: float) -> float:
    """alpha_m: M = 0 is the minimum once the loss's gradient by M is positive semidefinite there.

    That gradient is alpha Q - (1 - alpha) R with a diagonal Q, both at M = 0, where w_k = -1/(n_k - 1). So
    alpha_m / (1 - alpha_m) is the largest eigenvalue of Q^{-1/2} R Q^{-1/2}. With f_k = n_k/(n_k - 1), s the logistic
    function and x_k = log sum_{l != k} n_l::

        Q_kk = f_k n_k s(log(n_k - 1) + (w_k - 1)/tau),       R_kk = f_k (n_k - 1) s(x_k - w_k/tau)
        R_kl = -(h_kl + h_lk)/2,   h_kl = [ s(x_k - 1/tau) + (n_k - 1) s(x_k - w_k/tau) ] n_l / sum_{j != k} n_j
    """
    n = np.array(counts, dtype=float)
    f, w, others = n / (n - 1), -1 / (n - 1), n.sum() - n
    log_q = np.log(f * n) + log_expit(np.log(n - 1) + (w - 1) / temperature)
    inside = (n - 1) * expit(np.log(others) - w / temperature)
    h = ((expit(np.log(others) - 1 / temperature) + inside) / others)[:, None] * n[None, :]
    R = -(h + h.T) / 2
    np.fill_diagonal(R, f * inside)
    scale = np.exp((log_q.min() - log_q) / 2)  # Q itself may be too small for a float
    largest = float(np.linalg.eigvalsh(scale[:, None] * R * scale[None, :])[-1])
    return math.exp(log_logistic(math.log(largest) - float(log_q.min())))


@lru_cache(maxsize=4096)
def spreads(alpha: float, counts: Counts, temperature: float) -> list[float]:
    """The spread of each class at the minimum, (1 - A_k) n_k/(n_k - 1)."""
    n = np.array(counts, dtype=float)
    if alpha <= min(opening_thresholds(counts, Scheme(temperature))):
        return [0.0] * len(counts)
    if alpha >= means_vanish_threshold(counts, temperature):
        return [float(full) for full in n / (n - 1)]
    A = _minimum(lambda a, u: _log_loss(a, u, alpha, n, temperature), len(counts))[0] ** 2
    return [float(spread) for spread in (1 - A) * n / (n - 1)]


def _log_loss(a: Array, u: Array, alpha: float, n: Array, temperature: float) -> tuple[float, Array, Array]:
    """The log of the loss at M_kl = a_k a_l u_k . u_l, its gradient by a, and by u."""
    cosines, f = u @ u.T, n / (n - 1)
    w = 1 - f * (1 - a**2)
    log_sum, share = _negatives(np.outer(a, a) * cosines, n, temperature)
    own, same, push = log_sum - 1 / temperature, log_sum - w / temperature, np.log(n - 1) + (w - 1) / temperature
    log_own, log_same = np.full_like(n, math.log1p(-alpha)), math.log1p(-alpha) + np.log(n - 1)  # weights of the terms
    log_push = math.log(alpha) + np.log(n)
    terms = [log_own + _log_softplus(own), log_same + _log_softplus(same), log_push + _log_softplus(push)]
    log_loss = float(logsumexp(np.concatenate(terms)))
    by_own, by_same, by_push = (
        np.exp(log_weight + log_expit(x) - log_loss)
        for log_weight, x in ((log_own, own), (log_same, same), (log_push, push))
    )
    by_M = (by_own + by_same)[:, None] * share / temperature
    by_M = by_M + by_M.T
    by_w = (by_push - by_same) / temperature
    return log_loss, (by_M * cosines) @ a + by_w * f * 2 * a, (by_M * np.outer(a, a)) @ u


def _collapsed_cosines(counts: Counts, scheme: Scheme) -> Array:
    """M*: cosines of collapsed classes; they minimize sum_k n_k log(k_k + sum_{l != k} m_l e^{(M_kl - 1)/tau})."""
    n = np.array(counts, dtype=float)
    k = np.array([scheme.competitors(count) for count in counts])
    if len(counts) == 2:
        return np.array([[1.0, -1.0], [-1.0, 1.0]])

    def log_loss(a: Array, u: Array) -> tuple[float, Array, Array]:
        log_sum, share = _negatives(u @ u.T, scheme.copies * n, scheme.temperature)
        x = log_sum - np.log(k) - 1 / scheme.temperature
        value = float(logsumexp(np.log(n) + _log_softplus(x)))
        by_M = np.exp(np.log(n) + log_expit(x) - value)[:, None] * share / scheme.temperature
        return value, np.zeros_like(a), (by_M + by_M.T) @ u

    u = _minimum(log_loss, len(counts), least=1.0)[1]
    return u @ u.T


def _shares(M: Array, counts: Counts, scheme: Scheme) -> Array:
    """q_kl at collapse, zero on the diagonal."""
    k = np.array([scheme.competitors(count) for count in counts])
    log_sum, share = _negatives(M, scheme.copies * np.array(counts), scheme.temperature)
    shares: Array = share * expit(log_sum - np.log(k) - 1 / scheme.temperature)[:, None]
    return shares


def _negatives(M: Array, m: Array, temperature: float) -> tuple[Array, Array]:
    """log sum_{l != k} m_l e^{M_kl/tau}, and the share of each l in it."""
    terms = np.where(np.eye(len(m), dtype=bool), -np.inf, np.log(m)[None, :] + M / temperature)
    log_sum = logsumexp(terms, axis=1)
    return log_sum, np.exp(terms - log_sum[:, None])


def _log_softplus(x: Array) -> Array:
    """log log(1 + e^x), which is x where e^x is small."""
    with np.errstate(divide="ignore"):
        found: Array = np.where(x < -30, x, np.log(np.logaddexp(0, x)))
    return found


def _minimum(log_loss: LogLoss, classes: int, least: float = 0.0) -> tuple[Array, Array]:
    """The norms a (C,) in [least, 1] and unit vectors u (C, C) of the class means that minimize ``log_loss(a, u)``."""

    def flat(x: Array) -> tuple[float, Array]:
        a, rows = x[:classes], x[classes:].reshape(classes, classes)
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        u = rows / length
        value, by_a, by_u = log_loss(a, u)
        by_rows = (by_u - (by_u * u).sum(axis=1, keepdims=True) * u) / length
        return value, np.concatenate([by_a, by_rows.ravel()])

    # A simplex, less symmetric than it is by a little: a saddle point is left.
    tilt = np.cos(np.arange(classes * classes, dtype=float)).reshape(classes, classes)
    rows = np.eye(classes) - 1 / classes + 1e-3 * tilt
    start = np.concatenate([np.full(classes, max(0.7, least)), rows.ravel()])
    bounds = [(least, 1.0)] * classes + [(None, None)] * classes**2
    options = {"maxiter": 2000, "maxfun": 5000, "ftol": 1e-15, "gtol": 1e-9, "maxcor": 20}
    with _THREADS.limit(limits=1, user_api="blas"):
        found = minimize(flat, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    rows = found[classes:].reshape(classes, classes)
    return found[:classes], rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _opening(low: float, high: float, is_open: Callable[[float], bool]) -> float:
    """The alpha between ``low`` and ``high`` from which on ``is_open`` holds."""
    return sum(bisected(low, high, is_open, PRECISION)) / 2
