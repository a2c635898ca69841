"""A made-up landscape as a recorded table, and the study that searches it."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from spreadtune.simulation import Recorded
from spreadtune.spec.study import Study

EPOCHS = 8
WARMUPS = range(6)
PAIRS = ("cross_view", "all")
SEEDS = range(4)


def study(search: Mapping[str, Any]) -> Study:
    values = {
        "data": {"dataset": "digits", "augmentation": "grey"},
        "model": {"encoder": "convnet", "decoder": "conv"},
        "objective": {"name": "spread", "alpha": 0.7, "autoencoder_weight": 0.0},
        "training": {"epochs": EPOCHS},
        "search": search,
    }
    return Study.from_values(values, name="tiny", source="tiny")


def report(warmup: int, pairs: str, seed: int, epoch: int) -> float:
    """What is measured during training: the end's value, reached from below, and noise of its own."""
    return end(warmup, pairs, seed) * (1 - 0.5**epoch) + 0.01 * math.sin(7 * epoch + 3 * seed + warmup)


def end(warmup: int, pairs: str, seed: int) -> float:
    """The optimized metric: best at warmup 4 with cross-view pairs, noise by seed."""
    noise = 0.01 * math.sin(12.9 * seed + 78.2 * warmup + (pairs == "all"))
    return 0.9 - 0.02 * (warmup - 4) ** 2 - 0.05 * (pairs == "all") + noise


def recorded(seconds: float = 16.0, diverged: tuple[int, str] | None = None) -> Recorded:
    """Every setting at every seed; a setting may diverge at epoch 3."""
    grid = study(
        {
            "sampler": "grid",
            "seeds": len(SEEDS),
            "space": {
                "training.warmup_epochs": {"grid": list(WARMUPS)},
                "objective.pairs": {"grid": list(PAIRS)},
            },
        }
    )
    lines = []
    for setting, (warmup, pairs) in enumerate((w, p) for w in WARMUPS for p in PAIRS):
        for seed in SEEDS:
            last = 3 if (warmup, pairs) == diverged else EPOCHS
            at = [epoch for epoch in range(1, last + 1) if epoch % 2 == 0]
            lines.append(
                {
                    "setting": setting,
                    "seed": seed,
                    "epoch": last,
                    "seconds": seconds,
                    "param.training.warmup_epochs": warmup,
                    "param.objective.pairs": pairs,
                    "metric.transfer_accuracy": math.nan if last < EPOCHS else end(warmup, pairs, seed),
                    "report_epochs": at,
                    "reports": [report(warmup, pairs, seed, epoch) for epoch in at],
                }
            )
    return Recorded(grid, "main", pd.DataFrame(lines))
