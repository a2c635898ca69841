"""One batch through everything a trial is made of, before anything starts: parts that do not fit are found here."""

import torch
from torch import Tensor, nn

from spreadtune.data.corruption import build_corruption, corrupt
from spreadtune.data.device import DeviceSplit
from spreadtune.data.views import build_augmentation, to_pixels
from spreadtune.errors import UserError
from spreadtune.spec.parts import own_fault
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.step import Step
from spreadtune.training.streams import generator
from spreadtune.training.workers import ONE_WORKER
from spreadtune.trial.assemble import build_model
from spreadtune.trial.datasets import dataset_of

IMAGES = 4


def _check_width(encoder: nn.Module, pixels: Tensor, spec: TrialSpec) -> None:
    with torch.no_grad():
        shape = tuple(encoder(pixels).shape)
    declared = (len(pixels), encoder.embedding_dim)
    if shape != declared:
        raise UserError(
            f"{', '.join(spec.own_parts) or 'model.encoder'}: the encoder gives h of shape {shape} for {len(pixels)} "
            f"images and declares embedding_dim {encoder.embedding_dim}, so {declared} is expected"
        )


def rehearse(spec: TrialSpec) -> None:
    """Build the parts of a trial and pass a few images through them to the loss, on the CPU, for each of its encoders.

    Raises:
        UserError: a part cannot be built, or does not fit the others.
    """
    for encoder in spec.encoders.values():
        _rehearse(encoder)


def _rehearse(spec: TrialSpec) -> None:
    dataset = dataset_of(spec.data)
    split = DeviceSplit.of(dataset.split("train"), torch.device("cpu"))
    model = build_model(spec, dataset, dataset.class_count)
    augmentation, corruption = build_augmentation(spec.data.augmentation), build_corruption(spec.corruption)
    few = torch.arange(min(IMAGES, len(split)))
    try:
        _check_width(model.encoder, to_pixels(split.images_at(few)), spec)
        views = augmentation(split.images_at(few), spec.data.views, generator(spec.seed, "views"))
        if corruption:
            views = corrupt(views, corruption, len(few), slice(None), generator(spec.seed, "corruption"))
        terms, _ = Step(model, "float32", ONE_WORKER)(views, split.labels.classes[few])
        total = model.objective.total(terms)
        for name, term in terms.items():
            if term.ndim or not term.requires_grad:
                found = f"shape {tuple(term.shape)}{'' if term.requires_grad else ' and no gradient'}"
                raise UserError(
                    f"{', '.join(spec.own_parts)}: the term {name} has {found}; it has to be a scalar that depends on "
                    "what the encoder gave"
                )
        total.backward()
    except UserError:
        raise
    except Exception as error:  # whatever a part of the user's own raises
        if not spec.own_parts:
            raise
        raise UserError(f"{', '.join(spec.own_parts)}: on {IMAGES} images: {own_fault(error)}") from error
