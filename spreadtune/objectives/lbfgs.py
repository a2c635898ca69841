"""The minimum of a loss whose size may be far from one."""

from collections.abc import Callable

import torch
from torch import Tensor

SMALLEST = 1e-300
"""What a loss counts for that is zero as a float, so that it has a logarithm."""


PUSH = 1e-2
"""By how much every coordinate of what was found is moved before it is minimized again."""


def minimized(loss: Callable[[Tensor], Tensor], start: Tensor, noise: torch.Generator) -> Tensor:
    """Where ``loss`` is smallest, going down from ``start``, by L-BFGS.

    A step may end next to a saddle point, as collapse is above alpha_c, where the gradient vanishes. So what was found
    is pushed once and minimized again; from a minimum it falls back.

    What is minimized is log loss: at low temperature the loss itself is tiny, and every step would seem small enough to
    stop.

    Args:
        loss: of a tensor like ``start`` to a 0-d one, not below zero.
        start: float64, any shape, numbers of about one.
        noise: draws the push.
    """
    found = _downhill(loss, start)
    return _downhill(loss, found + PUSH * torch.randn(found.shape, dtype=found.dtype, generator=noise))


def _downhill(loss: Callable[[Tensor], Tensor], start: Tensor) -> Tensor:
    point = start.clone().requires_grad_()
    optimizer = torch.optim.LBFGS(
        [point], max_iter=300, tolerance_grad=1e-7, tolerance_change=1e-9, line_search_fn="strong_wolfe"
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        log_loss = loss(point).clamp_min(SMALLEST).log()
        log_loss.backward()
        return log_loss

    optimizer.step(closure)
    return point.detach()
