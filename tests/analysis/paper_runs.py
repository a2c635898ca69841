"""Runs of the paper's methods, by hand-made numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.analysis.conftest import NewRun, RunBuilder

SEARCH = """
search:
  seeds: 3
  confirm: {seeds: 3}
  variants:
    supcon: {}
    spread: {space: {objective.alpha: {grid: [0.25, 0.5]}}}
    autoencoder: {set: {objective: {name: cross_entropy, autoencoder_weight: 16.0}}}
    supcon_autoencoder: {set: {objective.autoencoder_weight: 16.0}}
    joint: {set: {objective.alpha: 0.5, objective.autoencoder_weight: 16.0}}
    supcon_x2: {set: {members: {one: {set: {objective.alpha: 0.0}}, two: {same_as: one}}}}
    thanos:
      set:
        members:
          contrast: {set: {objective.alpha: 0.5}}
          autoencoder: {set: {objective: {name: cross_entropy, autoencoder_weight: 16.0}}}
"""
VALIDATION: Mapping[tuple[str, int], Sequence[float]] = {
    ("supcon", 0): (0.50, 0.52, 0.51),
    ("spread", 0): (0.61, 0.60, 0.62),
    ("spread", 1): (0.70, 0.71, 0.72),
    ("autoencoder", 0): (0.51, 0.51, 0.51),
    ("supcon_autoencoder", 0): (0.45, 0.47, 0.46),
    ("joint", 0): (0.90, 0.91, 0.92),
    ("supcon_x2", 0): (0.60, 0.61, 0.59),
    ("thanos", 0): (0.75, 0.76, 0.74),
}
TEST: Mapping[tuple[str, int], Sequence[float]] = {
    ("supcon", 0): (0.50, 0.51, 0.49),
    ("spread", 1): (0.60, 0.63, 0.60),
    ("joint", 0): (0.90, 0.91, 0.92),
    ("thanos", 0): (0.70, 0.72, 0.71),
}


def paper_run(
    new_run: NewRun,
    *,
    dataset: str = "cifar10",
    validation: Mapping[tuple[str, int], Sequence[float]] = VALIDATION,
    test: Mapping[tuple[str, int], Sequence[float]] = TEST,
) -> RunBuilder:
    """A run whose trials are still to be written."""
    run = new_run(SEARCH)
    study = run.run.study_file
    study.write_text(study.read_text().replace("dataset: digits", f"dataset: {dataset}"))
    for (variant, setting), values in validation.items():
        for seed, value in enumerate(values):
            _add(run, variant, setting, seed, **{"metric.transfer_accuracy": value})
    for (variant, setting), values in test.items():
        for seed, value in enumerate(values):
            measured = {"metric.transfer_accuracy": value + 0.01, "test.transfer_accuracy": value}
            _add(run, variant, setting, seed, stage="confirm", **measured)
    for line in run.history:
        if main := {"supcon_x2": "one", "thanos": "contrast"}.get(line["variant"]):
            line[f"{main}.epoch"] = line["epoch"]
    return run


def _add(run: RunBuilder, variant: str, setting: int, seed: int, **cells: Any) -> None:
    params = {"objective.alpha": [0.25, 0.5][setting]} if variant == "spread" else {}
    run.trial(setting, seed, variant=variant, alpha=0.0, params=params, **cells)
