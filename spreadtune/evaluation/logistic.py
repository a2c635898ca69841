"""Multinomial logistic regression by a truncated Newton method, in float64 on the features' device.

    minimize over W (K, D), b (K):   sum_i [ logsumexp_k(s_ki) - s_{y_i i} ] + |W|^2 / (2 C),    s = W X' + b

With two labels there is one weight vector w = W_1 - W_0 and its penalty is |w|^2 / (2 C), as in scikit-learn; since
W_1 = -W_0 = w / 2 at the minimum that is |W|^2 / C.

Why this solver: on collapsed features and on separable data at C = 1000 the Hessian's condition number passes 1e6.
Quasi-Newton methods stop there before they have converged; Newton's with the whole Hessian needs O((D K)^3), out of
reach for 100 classes of 512 features. Newton steps found by conjugate gradients need products with the Hessian only:
preconditioned with its K class blocks some five to twenty of them, without blocks on such data hundreds.

Labels come first in every matrix, (K, N) and (K, D): X is tall, and these products are the fast ones on a CPU.
"""

import logging
import math
from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

_log = logging.getLogger(__name__)

_TOLERANCE = 1e-7  # stop when a step promises a smaller decrease, relative to the objective
_PATH_TOLERANCE = 1e-4  # a path ranks strengths and gives starts; predictions do not feel the difference
_FORCING = 0.1  # conjugate gradients reduce the residual to this share: the next step makes up for the rest
_SLOW = 30  # conjugate gradient steps after which the preconditioner is made afresh
_MAX_NEWTON_STEPS = 100
_MAX_CG_STEPS = 500
_MAX_BLOCK_ENTRIES = 2**27  # 1 GiB of preconditioner; beyond, all classes share one block


def objective(coefficients: Tensor, features: Tensor, targets: Tensor, strength: float) -> float:
    """The function above at [W, b] = ``coefficients`` (K, D + 1), for ``features`` (N, D), ``targets`` (N,), C."""
    return _Objective(features, targets, len(coefficients), strength).value(coefficients)


def minimize(
    features: Tensor,
    targets: Tensor,
    count: int,
    strength: float,
    *,
    start: Tensor | None = None,
    tolerance: float = _TOLERANCE,
) -> Tensor:
    """The coefficients [W, b] (K, D + 1) at the minimum, in the gauge in which they sum to zero over the labels.

    Args:
        features: (N, D) float64, finite, of comparable scales.
        targets: (N,) integers in [0, K), each occurring (the intercept of an absent one has no minimum).
        count: K, at least 2.
        strength: C, the inverse of the penalty.
        start: (K, D + 1) where to start; zeros when left out.
        tolerance: the relative decrease of the objective that is not worth another step.
    """
    assert count >= 2
    if start is None:
        start = features.new_zeros(count, features.shape[1] + 1)
    if len(features) < features.shape[1]:
        # the penalty keeps W in the span of the rows: an exact, smaller problem
        basis = torch.linalg.qr(features.T).Q  # (D, N)
        start = torch.cat([start[:, :-1] @ basis, start[:, -1:]], dim=1)
        small = minimize(features @ basis, targets, count, strength, start=start, tolerance=tolerance)
        return torch.cat([small[:, :-1] @ basis.T, small[:, -1:]], dim=1)
    return _newton(_Objective(features, targets, count, strength), start - start.mean(dim=0), tolerance)


def path(features: Tensor, targets: Tensor, count: int, strengths: tuple[float, ...]) -> Iterator[Tensor]:
    """The minima for rising ``strengths`` in equal ratios, each started from where the last two point.

    Coefficients of separable data grow with log C, so the straight line in log C saves about a Newton step per fit.
    """
    before = last = features.new_zeros(count, features.shape[1] + 1)
    for strength in strengths:
        start = 2 * last - before
        before, last = last, minimize(features, targets, count, strength, start=start, tolerance=_PATH_TOLERANCE)
        yield last


class _Objective:
    """The function to minimize, at coefficients B = [W, b] (K, D + 1)."""

    def __init__(self, features: Tensor, targets: Tensor, count: int, strength: float) -> None:
        self.design = F.pad(features, (0, 1), value=1.0)  # (N, D + 1): X, ones
        self.one_hot = F.one_hot(targets, count).to(features.dtype).T.contiguous()  # (K, N)
        self.penalty = features.new_full((self.design.shape[1],), (2.0 if count == 2 else 1.0) / strength)
        self.penalty[-1] = 0.0
        self.value_at_zero = len(features) * math.log(count)

    def value(self, coefficients: Tensor) -> float:
        scores = coefficients @ self.design.T
        loss = scores.logsumexp(dim=0).sum() - (scores * self.one_hot).sum()
        return float(loss + (self.penalty * coefficients.square()).sum() / 2)

    def probabilities(self, coefficients: Tensor) -> Tensor:
        return (coefficients @ self.design.T).softmax(dim=0)

    def gradient(self, coefficients: Tensor, probabilities: Tensor) -> Tensor:
        return (probabilities - self.one_hot) @ self.design + self.penalty * coefficients

    def hessian_product(self, direction: Tensor, probabilities: Tensor) -> Tensor:
        change = probabilities * (direction @ self.design.T)
        change -= probabilities * change.sum(dim=0)
        return change @ self.design + self.penalty * direction

    def preconditioner(self, probabilities: Tensor) -> Callable[[Tensor], Tensor]:
        """Solves with the Hessian's class blocks X' diag(p_k (1 - p_k)) X + penalty.

        K / (K - 1) makes them exact on coefficients that sum to zero over the labels when all p_k are 1/K, and for
        two labels always, whose blocks are equal.
        """
        count, size = len(probabilities), self.design.shape[1]
        curvature = probabilities * (1 - probabilities) * (count / (count - 1))
        if count == 2 or count * size**2 > _MAX_BLOCK_ENTRIES:
            curvature = curvature.mean(dim=0, keepdim=True)
        blocks = torch.stack([self.design.T @ (self.design * weight[:, None]) for weight in curvature])
        diagonal = blocks.diagonal(dim1=1, dim2=2)
        diagonal += self.penalty
        diagonal += 1e-10 * diagonal.amax()  # the intercept has no penalty, and no curvature where all is certain
        inverse = torch.cholesky_inverse(torch.linalg.cholesky(blocks))  # (K or 1, D + 1, D + 1)

        def solve(residual: Tensor) -> Tensor:
            # A shared block is one product; broadcast over the labels it would be read once for each.
            shared = len(inverse) == 1
            solution = residual @ inverse[0] if shared else (inverse @ residual[:, :, None])[:, :, 0]
            return solution - solution.mean(dim=0)

        return solve


def _newton(objective: _Objective, coefficients: Tensor, tolerance: float) -> Tensor:
    """Newton's method: steps from conjugate gradients, shortened until the objective falls."""
    value = objective.value(coefficients)
    if value > objective.value_at_zero:  # a start worse than none: where all is saturated Newton steps lead nowhere
        coefficients, value = torch.zeros_like(coefficients), objective.value_at_zero
    cg_steps = _SLOW + 1
    for _ in range(_MAX_NEWTON_STEPS):
        probabilities = objective.probabilities(coefficients)
        gradient = objective.gradient(coefficients, probabilities)
        if cg_steps > _SLOW:
            precondition = objective.preconditioner(probabilities)
        step, cg_steps = _newton_step(objective, gradient, probabilities, precondition)
        decrease = -float((gradient * step).sum())
        length = 1.0
        while (reached := objective.value(coefficients + length * step)) > value - 1e-4 * length * decrease:
            length /= 2
            if length < 1e-9:  # no decrease above rounding
                return coefficients
        coefficients, value = coefficients + length * step, reached
        if decrease <= tolerance * value:
            return coefficients
    _log.warning("logistic regression stopped after %d Newton steps", _MAX_NEWTON_STEPS)
    return coefficients


def _newton_step(
    objective: _Objective,
    gradient: Tensor,
    probabilities: Tensor,
    precondition: Callable[[Tensor], Tensor],
) -> tuple[Tensor, int]:
    """Preconditioned conjugate gradients on H step = -gradient; the step and the number of products it took."""
    step, residual = torch.zeros_like(gradient), -gradient
    direction = preconditioned = precondition(residual)
    first = norm = float((residual * preconditioned).sum())
    enough = first * _FORCING**2
    for count in range(_MAX_CG_STEPS):
        if norm <= enough:
            return step, count
        product = objective.hessian_product(direction, probabilities)
        length = norm / float((direction * product).sum())
        step = step + length * direction
        residual = residual - length * product
        preconditioned = precondition(residual)
        norm, previous = float((residual * preconditioned).sum()), norm
        direction = preconditioned + (norm / previous) * direction
    return step, _MAX_CG_STEPS
