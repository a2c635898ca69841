"""Trials that take a fraction of a second: a few images, a narrow network."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import torch

from spreadtune.data.device import DeviceSplit
from spreadtune.data.views import build_augmentation
from spreadtune.run_folder import AttemptFolder, TrialFolder, write_atomic
from spreadtune.spec.load import dump_trial
from spreadtune.spec.metrics import METRICS
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.context import LocalContext
from spreadtune.training.epoch import EpochTrainer
from spreadtune.training.workers import ONE_WORKER, Workers
from spreadtune.trial.assemble import build_model
from spreadtune.trial.datasets import dataset_of

AUTOENCODER = {
    "model.decoder": {"name": "conv", "width": 4},
    "model.decoder_condition": "class",
    "objective.autoencoder_weight": 0.5,
}

MEASURED = frozenset(
    name for name, of in METRICS.items() if of.fewest_classes <= 2 and not of.needs_other and not of.needs_groups
)
"""All of a trial with a decoder: it has two classes and no groups, and its encoder sees no other data set."""


def small_trial(changes: Mapping[str, Any] | None = None) -> TrialSpec:
    """100 digits, 3 batches an epoch, 4 epochs; ``changes`` by dotted path."""
    sections: dict[str, dict[str, Any]] = {
        "data": {"dataset": "digits", "augmentation": "grey", "batch_size": 32, "train_size": 100},
        "model": {"encoder": {"name": "convnet", "width": 4, "embedding_dim": 8}, "head_dim": 4},
        "objective": {"name": "spread", "alpha": 0.5},
        "training": {"epochs": 4, "learning_rate": 3e-3},
        "evaluation": {"knn_every": 2},
        "resources": {},
        "seed": {"study": 0},
    }
    for path, value in (changes or {}).items():
        section, _, name = path.partition(".")
        if name:
            sections[section][name] = value
        else:
            sections[section] = value
    return TrialSpec.model_validate(sections)


def epoch_trainer(spec: TrialSpec, workers: Workers = ONE_WORKER) -> EpochTrainer:
    """What a trial trains on the CPU, freshly initialized."""
    dataset = dataset_of(spec.data)
    split = DeviceSplit.of(dataset.split("train"), torch.device("cpu"))
    model = build_model(spec, dataset, dataset.class_count)
    return EpochTrainer(model, split, build_augmentation(spec.data.augmentation), spec, dataset.class_count, workers)


def new_trial(folder: TrialFolder, spec: TrialSpec) -> TrialFolder:
    """A trial's folder as the driver leaves it for a worker."""
    write_atomic(folder.spec_file, dump_trial(spec))
    return folder


def next_attempt(folder: TrialFolder, **options: Any) -> LocalContext:
    """The context of another attempt, which may resume from those before."""
    checkpoints = folder.checkpoints()
    attempt: AttemptFolder = folder.new_attempt()
    return LocalContext(attempt, checkpoints=checkpoints, **options)


def ticking(step: float) -> Callable[[], float]:
    """A clock that moves by so much whenever it is read: an epoch takes one step."""
    return count(0.0, step).__next__


def without_times(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The history without what no two runs share."""
    return [
        {key: value for key, value in line.items() if key not in ("seconds", "time", "attempt")} for line in history
    ]


def assert_equal_states(one: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    """Equal bit for bit, tensors inside optimizer states too."""
    torch.testing.assert_close(dict(one), dict(other), rtol=0, atol=0)
