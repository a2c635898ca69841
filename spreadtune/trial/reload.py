"""A finished trial taken from its folder: its encoders, and what they make of a split."""

from typing import Any

import torch
from numpy.typing import NDArray
from torch import nn

from spreadtune.data.dataset import Dataset
from spreadtune.data.device import DeviceSplit
from spreadtune.data.split_name import SplitName
from spreadtune.errors import UserError
from spreadtune.evaluation.representations import Representations, represent
from spreadtune.evaluation.side_by_side import SideBySide
from spreadtune.objectives.unit_rows import unit_rows
from spreadtune.run_folder import TrialFolder
from spreadtune.spec.load import load_trial
from spreadtune.training.checkpoint import load_checkpoint
from spreadtune.training.model import Model
from spreadtune.trial.assemble import build_model
from spreadtune.trial.datasets import dataset_of
from spreadtune.trial.image_measures import IMAGES_AT_ONCE


def load_model(folder: TrialFolder, member: str = "") -> Model:
    """The model as its last checkpoint has it, on the CPU, in evaluation mode.

    Args:
        folder: the trial's.
        member: which of its models, of a trial with members.

    Raises:
        UserError: there is no such model, or it left no readable checkpoint.
    """
    spec = load_trial(folder.spec_file)
    if member not in spec.encoders:
        names = ", ".join(spec.members)
        raise UserError(
            f"trial {folder.path.name}: "
            + (f"has members; name one of {names}" if not member else f"no member {member!r}; it has {names or 'none'}")
        )
    encoder = folder.encoders().get(member, folder)
    dataset = dataset_of(spec.data)
    state = load_checkpoint(encoder.checkpoints())
    if state is None:
        raise UserError(
            f"trial {folder.path.name}: no readable checkpoint in {encoder.path}; has it finished an epoch?"
        )
    model = build_model(spec.encoders[member], dataset, dataset.class_count)
    model.load_state_dict(state["model"])
    return model.eval()


def load_encoder(folder: TrialFolder, member: str = "") -> nn.Module:
    """The trained encoder: float images (N, C, H, W) in [0, 1] to features h (N, D)."""
    encoder: nn.Module = load_model(folder, member).encoder
    return encoder


def embeddings(folder: TrialFolder, split: SplitName, member: str | None = None) -> dict[str, NDArray[Any]]:
    """What the trained encoders make of the clean images of a split.

    Args:
        folder: the trial's.
        split: whose images.
        member: which encoder alone, of a trial with members; all of them together by default.

    Returns:
        ``h``, features, float32 (N, D); ``z``, the head's output on the unit sphere, float32 (N, E); ``class`` and
        ``subclass``, int64 (N,); ``index``, positions in the original data set, int64 (N,). Of members together h is
        that of each, standardized with training statistics, side by side, and z the same on the unit sphere.

    Raises:
        UserError: no such member, or no readable checkpoint.
        SealedSplitError: ``test`` of a trial that is not one of the confirmation.
    """
    spec = load_trial(folder.spec_file)
    dataset = dataset_of(spec.data)
    part = (dataset.unsealed(spec.seed.stage) if split == "test" else dataset).split(split)
    seen = DeviceSplit.of(part, torch.device("cpu"))
    found = _together(folder, list(spec.members), dataset, seen) if spec.members and member is None else None
    found = found or _represented(load_model(folder, member or ""), seen)
    return {
        "h": found.features.numpy(),
        "z": unit_rows(found.embeddings).numpy(),
        **part.labels.by_name(),
        "index": part.indices,
    }


def _together(folder: TrialFolder, members: list[str], dataset: Dataset, seen: DeviceSplit) -> Representations:
    models = [load_model(folder, member) for member in members]
    train = DeviceSplit.of(dataset.split("train"), torch.device("cpu"))
    together = SideBySide([_represented(model, train) for model in models])
    return together([_represented(model, seen) for model in models])


def _represented(model: Model, split: DeviceSplit) -> Representations:
    features, embedded = represent(model.encoder, model.head, split.batches(IMAGES_AT_ONCE))
    return Representations(features, embedded, split.labels)
