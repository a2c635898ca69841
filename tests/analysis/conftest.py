"""Synthetic runs: the tables that a run leaves, with numbers like those of real ones."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spreadtune import theory
from spreadtune.analysis.results import Results
from spreadtune.run_folder import RunFolder

BODY = """
format: 1
description: {description}
data: {{dataset: digits, augmentation: grey, batch_size: 128}}
model: {{encoder: convnet, decoder: conv}}
objective: {{name: spread, temperature: 0.5}}
training: {{epochs: 12}}
"""

SWEEP = """
search:
  seeds: 3
  space: {objective.alpha: {grid: [0, 0.25, 0.45, 0.56, 0.62, 0.75, 0.9, 1]}}
"""

SEARCH = """
search:
  sampler: tpe
  trials: 24
  early_stopping: {name: successive_halving, min_epochs: 3}
  space:
    objective.temperature: {log_uniform: [0.1, 1]}
    objective.alpha: {window: [0, 1]}
    objective.autoencoder_weight: {log_uniform: [0.01, 10]}
    model.head: {choice: [none, linear]}
"""

VARIANTS = """
search:
  seeds: 3
  space:
    objective.temperature: {grid: [0.1, 0.5]}
    objective.alpha: {grid: [0.25, 0.56, 0.62]}
  variants:
    spread: {}
    supcon: {set: {objective.alpha: 0, objective.temperature: 0.5}}
"""

GOALS = """
search:
  seeds: 3
  space: {objective.alpha: {grid: [0, 0.25, 0.45, 0.56, 0.62, 0.75, 0.9, 1]}}
  optimize: {transfer_accuracy: maximize, class_accuracy: maximize}
  subject_to: {class_accuracy: ">= 0.95"}
"""

CHOICES = """
search:
  sampler: random
  trials: 3
  space:
    objective.temperature: {{uniform: [0.1, 1]}}
    model.encoder.weights: {{choice: {choices}}}
"""

MANIFEST = {
    "command": ["spreadtune", "run", "digits_alpha_sweep", "--seeds", "3"],
    "hash": "3f1c9a5e0b7d2c48",
    "versions": {"spreadtune": "0.1.0", "torch": "2.14.0", "ray": "2.60.0", "optuna": "5.0.0"},
    "devices": ["cpu"],
    "seeds": {"study": 0, "repetitions": 3},
    "attempts": [{"start": "2025-03-01T10:00:00Z", "end": "2025-03-01T10:21:07Z", "reason": "finished"}],
    "cpu_seconds": 1267.31,
    "gpu_seconds": 0.0,
}


class RunBuilder:
    """Writes one run's tables into a folder, trial by trial."""

    def __init__(self, folder: Path, search: str, description: str) -> None:
        self.run = RunFolder(folder / "results" / "digits_alpha_sweep" / "20250301-100000-beef")
        self.run.path.mkdir(parents=True)
        self.run.study_file.write_text(BODY.format(description=json.dumps(description)) + search)
        self.trials: list[dict[str, Any]] = []
        self.history: list[dict[str, Any]] = []
        self.references: list[dict[str, Any]] = []
        self.random = np.random.default_rng(0)

    def trial(
        self, setting: int, seed: int = 0, *, variant: str = "main", state: str = "COMPLETE", alpha: float,
        temperature: float = 0.5, params: dict[str, Any], epochs: int = 12, **cells: Any,
    ) -> None:  # fmt: skip
        counts = [64.0, 64.0]
        predicted = theory.predicted_spread(alpha, counts, temperature)
        spread = 0.06 + 0.85 * predicted + 0.01 * self.random.normal()
        transfer = 0.93 + 0.06 * np.exp(-(((spread - 0.4) / 0.5) ** 2)) + 0.003 * self.random.normal()
        number, knn = len(self.trials), 0.0
        for epoch in range(1, epochs + 1):
            knn = transfer - 0.15 * np.exp(-epoch / 3)
            row = {"trial": number, "variant": variant, "setting": setting, "seed": seed, "attempt": 1}
            curve = {"metric.knn_transfer_accuracy": knn, "metric.spread": spread, "loss": 1 / epoch}
            self.history.append(row | {"epoch": epoch} | curve)
        measured: dict[str, Any] = {}
        if state in ("COMPLETE", "PRUNED"):
            measured = {"metric.spread": spread, "metric.knn_transfer_accuracy": knn}
        if state == "COMPLETE":
            measured |= {
                "metric.train_spread": spread - 0.02,
                "metric.transfer_accuracy": transfer,
                "metric.class_accuracy": 0.99 - 0.1 * max(spread - 0.3, 0.0),
                "theory.spread": predicted,
                "theory.alpha_c": theory.collapse_threshold(counts, temperature),
                "theory.alpha_m": theory.means_vanish_threshold(counts, temperature),
                "theory.images_per_class": 64.0,
            }
        identity = {
            "trial": number, "variant": variant, "stage": "search", "setting": setting, "seed": seed, "state": state,
            "reason": {"PRUNED": "stopped early", "FAIL": "out of memory"}.get(state), "epoch": epochs,
            "duplicate_of": None, "retry_of": None, "seconds": 52.3, "device": "cpu",
        }  # fmt: skip
        self.trials.append(identity | {f"param.{path}": value for path, value in params.items()} | measured | cells)

    def reference(self, seed: int, state: str = "COMPLETE", stage: str = "search") -> None:
        parts = {"": 0.0} if stage == "search" else {"": 0.0, "test.": -0.01}
        values = {
            f"{part}{name}.{metric}": value + below + 0.002 * seed
            for part, below in parts.items()
            for name, value in (("raw_pixels", 0.965), ("random_encoder", 0.92), ("ceiling", 0.988))
            for metric in ("transfer_accuracy", "class_accuracy")
        }
        failed = {"stage": stage, "seed": seed, "state": state, "reason": "out of memory"}
        self.references.append(
            {"stage": stage, "seed": seed, "state": state, "reason": None} | values if state == "COMPLETE" else failed
        )

    def write(self) -> Results:
        pd.DataFrame(self.trials).to_parquet(self.run.trials_table)
        pd.DataFrame(self.history).to_parquet(self.run.history_table)
        if self.references:
            pd.DataFrame(self.references).to_parquet(self.run.references_table)
        self.run.manifest_file.write_text(json.dumps(MANIFEST))
        return Results(self.run)


NewRun = Callable[..., RunBuilder]


@pytest.fixture(scope="session")
def new_run(tmp_path_factory: pytest.TempPathFactory) -> NewRun:
    """A maker of empty runs of a study whose ``search`` section is given."""

    def make(search: str = SWEEP, description: str = "How alpha controls spread.") -> RunBuilder:
        return RunBuilder(tmp_path_factory.mktemp("run"), search, description)

    return make


@pytest.fixture(scope="session")
def named_by_users(new_run: NewRun) -> Callable[[str], Results]:
    """A maker of runs in which everything that a user may write freely is the given text."""

    def make(text: str) -> Results:
        choices = [text, f"{text}!", "none"]
        run = new_run(CHOICES.format(choices=json.dumps(choices)), description=text)
        study = run.run.study_file
        study.write_text(study.read_text().replace("encoder: convnet", "encoder: resnet18"))
        for setting, weights in enumerate(choices):
            temperature = 0.1 + 0.1 * setting
            params = {"objective.temperature": temperature, "model.encoder.weights": weights}
            run.trial(setting, alpha=0.0, temperature=temperature, params=params, reason=text, device=text)
        results = run.write()
        own = {"command": ["spreadtune", "--set", text], "versions": {text: text}, "devices": [text]}
        own |= {"classes": [text, "b"], "data_warnings": [text]}
        run.run.manifest_file.write_text(json.dumps(MANIFEST | own))
        return results

    return make


@pytest.fixture(scope="session")
def sweep(new_run: NewRun) -> Results:
    """Eight alphas, three seeds, floors and ceiling."""
    run = new_run()
    for seed in range(3):
        run.reference(seed)
        for setting, alpha in enumerate([0, 0.25, 0.45, 0.56, 0.62, 0.75, 0.9, 1]):
            run.trial(setting, seed, alpha=alpha, params={"objective.alpha": alpha})
    return run.write()


@pytest.fixture(scope="session")
def search(new_run: NewRun) -> Results:
    """Twenty-four settings of four parameters at one seed, some stopped early, one failed, one still running."""
    run = new_run(SEARCH)
    run.reference(0)
    draw = np.random.default_rng(1)
    for setting in range(24):
        temperature, position = float(np.exp(draw.uniform(np.log(0.1), 0))), float(draw.uniform())
        alpha = theory.alpha_from_window(position, [64.0, 64.0], temperature)
        params = {
            "objective.temperature": temperature,
            "objective.alpha": alpha,
            "objective.alpha.position": position,
            "objective.autoencoder_weight": float(np.exp(draw.uniform(np.log(0.01), np.log(10)))),
            "model.head": ["none", "linear"][setting % 2],
        }
        state = {5: "FAIL", 23: "RUNNING"}.get(setting, "PRUNED" if setting % 3 == 1 else "COMPLETE")
        epochs = 12 if state == "COMPLETE" else 3
        run.trial(setting, alpha=alpha, temperature=temperature, params=params, state=state, epochs=epochs)
    return run.write()


@pytest.fixture(scope="session")
def variants(new_run: NewRun) -> Results:
    """A grid of two temperatures and three alphas beside a SupCon baseline that searches nothing; no references."""
    run = new_run(VARIANTS)
    for seed in range(3):
        grid = [(temperature, alpha) for temperature in (0.1, 0.5) for alpha in (0.25, 0.56, 0.62)]
        for setting, (temperature, alpha) in enumerate(grid):
            params = {"objective.temperature": temperature, "objective.alpha": alpha}
            run.trial(setting, seed, variant="spread", alpha=alpha, temperature=temperature, params=params)
        run.trial(0, seed, variant="supcon", alpha=0.0, params={})
    return run.write()


@pytest.fixture(scope="session")
def goals(new_run: NewRun) -> Results:
    """The sweep with two objectives, of which the one is lost as the other is won, and a bound."""
    run = new_run(GOALS)
    for seed in range(3):
        for setting, alpha in enumerate([0, 0.25, 0.45, 0.56, 0.62, 0.75, 0.9, 1]):
            measured = {"metric.transfer_accuracy": 0.9 + 0.08 * alpha - 0.02 * (alpha == 0.25) + 0.001 * seed}
            measured["metric.class_accuracy"] = 0.99 - 0.07 * alpha**2
            run.trial(setting, seed, alpha=alpha, params={"objective.alpha": alpha}, **measured)
    return run.write()


@pytest.fixture(scope="session")
def nothing_finished(new_run: NewRun) -> Results:
    """Every trial stopped early or failed, and so did the references."""
    run = new_run()
    run.reference(0, "FAIL")
    for setting, state in enumerate(["PRUNED", "FAIL", "PRUNED"]):
        run.trial(setting, alpha=setting / 4, params={"objective.alpha": setting / 4}, state=state, epochs=2)
    return run.write()


@pytest.fixture(scope="session", params=["sweep", "search", "variants", "goals", "nothing_finished"])
def any_run(request: pytest.FixtureRequest) -> Results:
    """Each of the runs above."""
    found: Results = request.getfixturevalue(request.param)
    return found
