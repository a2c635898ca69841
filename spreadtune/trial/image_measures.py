"""The metrics that take a model and images, not representations alone: each by the method that is called like it."""

import torch

from spreadtune.data.device import DeviceSplit
from spreadtune.data.views import Augmentation, to_pixels
from spreadtune.evaluation.geometry import alignment
from spreadtune.objectives.reconstruction import WithReconstruction, reconstruction_error
from spreadtune.spec.seed import Seed
from spreadtune.training.model import Model
from spreadtune.training.streams import generator

IMAGES_AT_ONCE = 1024
"""Of an evaluation: what a large encoder keeps of more would not fit a device."""


class ImageMeasures:
    """The metrics of a part that was kept apart which need its images: their views, their pixels.

    Args:
        model: in whatever mode; measuring leaves it in evaluation mode.
        augmentation: makes the views.
        split: the part.
        seed: of the views.
    """

    def __init__(self, model: Model, augmentation: Augmentation, split: DeviceSplit, seed: Seed) -> None:
        self._model, self._augmentation, self._split, self._seed = model, augmentation, split, seed

    @torch.no_grad()
    def alignment(self) -> float:
        """How far apart two views of an image are."""
        stream = generator(self._seed, "evaluation/views", device=self._split.device)
        self._model.eval()
        embeddings = []
        for images in self._split.batches(IMAGES_AT_ONCE):
            views = self._augmentation(images, 2, stream)
            embeddings.append(self._model.represent(views, "float32")[1])
        return alignment(torch.cat(embeddings, dim=1))

    @torch.no_grad()
    def reconstruction_error(self) -> float | None:
        """The squared error on clean images; None where nothing reconstructs."""
        objective, split = self._model.objective, self._split
        if not isinstance(objective, WithReconstruction):
            return None
        self._model.eval()
        total = torch.zeros((), device=split.device)
        by_batch = split.labels.classes.split(IMAGES_AT_ONCE)
        for images, classes in zip(split.batches(IMAGES_AT_ONCE), by_batch, strict=True):
            targets = to_pixels(images)[None]
            features = self._model.encoder(targets[0])[None]
            total += len(images) * reconstruction_error(objective.reconstructor, features, classes, targets)
        return float(total) / len(split)
