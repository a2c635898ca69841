"""A run in which SupCon is at its best at another temperature than the one of the best setting."""

from collections.abc import Sequence
from typing import Any

SEARCH = """
search:
  seeds: 3
  space:
    objective.temperature: {grid: [0.1, 0.5]}
    objective.alpha: {grid: [0, 0.62, 1]}
"""

TRANSFER: dict[tuple[float, float], Sequence[float]] = {
    (0.1, 0.0): (0.950, 0.962, 0.955),
    (0.1, 0.62): (0.970, 0.979, 0.977),
    (0.1, 1.0): (0.953, 0.966, 0.950),
    (0.5, 0.0): (0.900, 0.912, 0.910),
    (0.5, 0.62): (0.980, 0.984, 0.983),
    (0.5, 1.0): (0.955, 0.961, 0.964),
}
CLASS = {0.0: 0.99, 0.62: 0.96, 1.0: 0.8}


def temperatures(new_run: Any, *, search: str = SEARCH, seeds: int = 3) -> Any:
    """The run, not yet written."""
    run = new_run(search)
    for seed in range(seeds):
        for setting, (temperature, alpha) in enumerate(TRANSFER):
            params = {"objective.temperature": temperature, "objective.alpha": alpha}
            measured = {
                "metric.transfer_accuracy": TRANSFER[temperature, alpha][seed],
                "metric.class_accuracy": CLASS[alpha] - 0.001 * seed * alpha,
            }
            run.trial(setting, seed, alpha=alpha, temperature=temperature, params=params, **measured)
    return run
