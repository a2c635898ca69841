"""A finished trial taken from its folder: its encoder, and what it makes of a split."""

from typing import Any

import torch
from numpy.typing import NDArray
from torch import nn

from spreadtune.data.device import DeviceSplit
from spreadtune.data.split_name import SplitName
from spreadtune.errors import UserError
from spreadtune.evaluation.representations import represent
from spreadtune.objectives.unit_rows import unit_rows
from spreadtune.run_folder import TrialFolder
from spreadtune.spec.load import load_trial
from spreadtune.training.checkpoint import load_checkpoint
from spreadtune.training.model import Model
from spreadtune.trial.assemble import build_model
from spreadtune.trial.datasets import dataset_of
from spreadtune.trial.image_measures import IMAGES_AT_ONCE


def load_model(folder: TrialFolder) -> Model:
    """The model as its last checkpoint has it, on the CPU, in evaluation mode.

    Raises:
        UserError: the trial left no readable checkpoint.
    """
    spec = load_trial(folder.spec_file)
    dataset = dataset_of(spec.data)
    state = load_checkpoint(folder.checkpoints())
    if state is None:
        raise UserError(f"trial {folder.path.name}: no readable checkpoint in {folder.path}; has it finished an epoch?")
    model = build_model(spec, dataset, dataset.class_count)
    model.load_state_dict(state["model"])
    return model.eval()


def load_encoder(folder: TrialFolder) -> nn.Module:
    """The trained encoder: float images (N, C, H, W) in [0, 1] to features h (N, D)."""
    encoder: nn.Module = load_model(folder).encoder
    return encoder


def embeddings(folder: TrialFolder, split: SplitName) -> dict[str, NDArray[Any]]:
    """What the trained encoder makes of the clean images of a split.

    Returns:
        ``h``, features, float32 (N, D); ``z``, the head's output on the unit sphere, float32 (N, E); ``class`` and
        ``subclass``, int64 (N,); ``index``, positions in the original data set, int64 (N,).

    Raises:
        UserError: no readable checkpoint.
        SealedSplitError: ``test`` of a trial that is not one of the confirmation.
    """
    spec = load_trial(folder.spec_file)
    dataset = dataset_of(spec.data)
    part = (dataset.unsealed(spec.seed.stage) if split == "test" else dataset).split(split)
    on_cpu = DeviceSplit.of(part, torch.device("cpu"))
    model = load_model(folder)
    features, embedded = represent(model.encoder, model.head, on_cpu.batches(IMAGES_AT_ONCE))
    return {
        "h": features.numpy(),
        "z": unit_rows(embedded).numpy(),
        **part.labels.by_name(),
        "index": part.indices,
    }
