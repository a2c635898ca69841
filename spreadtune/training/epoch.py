"""One epoch: an optimizer step for every batch, and one wait for the device, at the end."""

from typing import Any

import torch
from torch import Tensor

from spreadtune.data.batches import epoch_batches
from spreadtune.data.corruption import build_corruption, corrupt
from spreadtune.data.device import DeviceSplit
from spreadtune.data.views import Augmentation, views_of_part
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.model import Model
from spreadtune.training.optimizer import build_optimizer
from spreadtune.training.precision import resolve_precision
from spreadtune.training.schedule import learning_rate
from spreadtune.training.step import Step
from spreadtune.training.streams import generator
from spreadtune.training.workers import ONE_WORKER, Workers


class EpochTrainer:
    """Trains a model on one split, an epoch at a time.

    Everything random is drawn from streams named by (seed, stream, epoch), so the state holds no generator, and an
    epoch after a resume is the epoch that would have been.

    Args:
        model: encoder, head and objective, on the split's device.
        split: training images and their N labels of K classes.
        augmentation: makes the views of a batch.
        spec: the trial.
        class_count: K.
        workers: who shares each batch. Order and views are drawn for the whole batch, of which a worker sees its part.

    Attributes:
        classes_seen: int64 (K,), how many images of each class all batches so far held.
    """

    def __init__(
        self,
        model: Model,
        split: DeviceSplit,
        augmentation: Augmentation,
        spec: TrialSpec,
        class_count: int,
        workers: Workers = ONE_WORKER,
    ) -> None:
        self.model = model
        self.split = split
        self.augmentation = augmentation
        self.corruption = build_corruption(spec.corruption)
        self.spec = spec
        self.workers = workers
        self.step = workers.parallel(Step(model, resolve_precision(spec.training.precision, split.device), workers))
        self.optimizer = build_optimizer(model.parameters(), spec.training)
        self.classes_seen = torch.zeros(class_count, dtype=torch.int64, device=split.device)

    def train_epoch(self, epoch: int) -> dict[str, float]:
        """Pass over the training images once.

        Args:
            epoch: from 1.

        Returns:
            ``loss`` and its terms, ``loss.TERM``, averaged over the batches; ``gradient_norm.TERM`` at the features of
            the first batch (see :func:`~spreadtune.training.model.gradient_norms`); ``learning_rate`` of the last step.
        """
        seed, data, device, workers = self.spec.seed, self.spec.data, self.split.device, self.workers
        # What a model draws by itself, such as dropout: other draws on each worker, whose images are others too.
        torch.manual_seed(seed.stream("training" if workers.leads else f"training/{workers.rank}", epoch))
        order = epoch_batches(
            self.split.labels.classes, data.batch_size, data.batches, generator(seed, "order", epoch, device)
        )
        places = order.to(self.split.images.device)  # once an epoch, where the images stay in host memory
        seen = self.split.labels.classes[order].flatten()
        self.classes_seen.scatter_add_(0, seen, torch.ones_like(seen))
        views, corruption = (generator(seed, stream, epoch, device) for stream in ("views", "corruption"))
        self.model.train()
        norms: dict[str, Tensor] = {}
        losses = []
        for step, (indices, images) in enumerate(zip(order, places, strict=True)):
            terms, measured = self._forward(indices, images, views, corruption, measured=step == 0)
            norms |= measured
            rate = learning_rate(self.spec.training, (epoch - 1) * len(order) + step, len(order))
            loss = self._descend(terms, rate)
            losses.append(torch.stack([loss, *terms.values()]).detach())
        workers.align(self.model)
        means = workers.mean(torch.stack(losses).mean(dim=0))
        named = dict(zip(["loss", *(f"loss.{name}" for name in terms)], means, strict=True))
        return _to_host(named | {f"gradient_norm.{name}": norm for name, norm in norms.items()}) | {
            "learning_rate": rate
        }

    def state_dict(self) -> dict[str, Any]:
        """What the next epoch depends on: tensors and plain values."""
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "classes_seen": self.classes_seen,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up where :meth:`state_dict` was called."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.classes_seen.copy_(state["classes_seen"])

    def batch_class_counts(self) -> list[float]:
        """(K,), images of each class in a batch, averaged over all batches so far; zeros before the first."""
        share = self.classes_seen.double() / self.classes_seen.sum().clamp(min=1)
        counts: list[float] = (share * self.spec.data.batch_size).tolist()
        return counts

    def _forward(
        self,
        indices: Tensor,
        places: Tensor,
        stream: torch.Generator,
        corruption: torch.Generator,
        *,
        measured: bool,
    ) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """The terms of fresh views of the images at ``indices`` (B,), and their gradients' norms where asked for.

        ``places`` are the indices, where the images are.
        """
        part, count = self.workers.part(len(indices)), self.spec.data.views
        views = views_of_part(self.augmentation, self.split.images_at, places, count, stream, part)
        if self.corruption:
            views = corrupt(views, self.corruption, len(indices), part, corruption)
        terms, norms = self.step(views, self.split.labels.classes[indices], measured=measured)
        return terms, norms

    def _descend(self, terms: dict[str, Tensor], learning_rate: float) -> Tensor:
        """One optimizer step on the weighted sum of the terms, which is returned."""
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate
        loss = self.model.objective.total(terms)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss


def _to_host(values: dict[str, Tensor]) -> dict[str, float]:
    """Read many scalars with one wait for the device."""
    return dict(zip(values, torch.stack(list(values.values())).tolist(), strict=True))
