"""How hard the objective's terms pull at the features when training has ended, each by the method called like it."""

from functools import cached_property

import torch
from torch import Tensor

from spreadtune.data.batches import epoch_batches
from spreadtune.data.device import DeviceSplit
from spreadtune.data.views import Augmentation
from spreadtune.objectives.objective import Batch
from spreadtune.objectives.precision import at_least_float32
from spreadtune.spec.metrics import METRICS
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.model import Model, gradient_norms
from spreadtune.training.streams import generator

BATCHES = 2
"""Training batches that are looked at, or as many as an epoch has."""


class GradientMeasures:
    """Norms of the gradients of single terms at h.

    ::

        mean_b | d L_t(b) / d h |_F

    with L_t the unweighted term and h (views, batch, features) the features of a training batch b: drawn as an epoch's
    are, in the trial's batch size, with fresh views. The model is in evaluation mode and float32, so that h of an image
    does not depend on its batch; a head stands between h and the term. During training the history has
    ``gradient_norm.TERM``, in training mode, of the first batch of each epoch. Gradients of contrastive terms grow with
    1 / temperature and with 1 / \\|h\\|.

    Args:
        model: in whatever mode; measuring leaves it in evaluation mode.
        augmentation: makes the views.
        train: the training images.
        spec: the trial, whose streams ``evaluation/gradients/order`` and ``evaluation/gradients/views`` say which
            batches and views. What its objective does not declare among its ``terms`` is not measured.
    """

    def __init__(self, model: Model, augmentation: Augmentation, train: DeviceSplit, spec: TrialSpec) -> None:
        self._model, self._augmentation, self._train, self._spec = model, augmentation, train, spec

    def supcon_gradient_norm(self) -> float | None:
        return self._norms.get("supcon")

    def ccinfonce_gradient_norm(self) -> float | None:
        return self._norms.get("ccinfonce")

    @cached_property
    def _norms(self) -> dict[str, float]:
        """By the name of the term."""
        declared = self._spec.objective.terms
        asked = [term for metric in METRICS.values() if (term := metric.needs_term) and term in declared]
        if not asked:
            return {}
        seed, data, device = self._spec.seed, self._spec.data, self._train.device
        order = generator(seed, "evaluation/gradients/order", device=device)
        views = generator(seed, "evaluation/gradients/views", device=device)
        batches = epoch_batches(self._train.labels.classes, data.batch_size, data.batches, order)[:BATCHES]
        norms = [self._norms_of(indices, views) for indices in batches]
        return {name: sum(float(each[name]) for each in norms) / len(norms) for name in asked}

    def _norms_of(self, indices: Tensor, stream: torch.Generator) -> dict[str, Tensor]:
        model = self._model.eval()
        views = self._augmentation(self._train.images_at(indices), self._spec.data.views, stream)
        with torch.no_grad():
            features = model.represent(views, "float32")[0]
        features.requires_grad_()
        batch = Batch(
            features=features,
            embeddings=at_least_float32(model.head(features)),
            classes=self._train.labels.classes[indices],
            inputs=views.inputs,
            targets=views.targets,
        )
        terms = {name: term for name, term in model.objective(batch).items() if name in self._spec.objective.terms}
        return gradient_norms(terms, features)
