"""The training loop: plain PyTorch over a :class:`~spreadtune.training.context.Context`.

Everything random is drawn from streams named by (seed, stream, epoch), so a checkpoint holds no generator and a resumed
trial goes on bit for bit as the uninterrupted one would have (on one device, with one version of everything).
"""

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from spreadtune.data.batches import epoch_batches
from spreadtune.data.device import DeviceSplit
from spreadtune.data.views import Augmentation
from spreadtune.objectives.objective import Batch
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.checkpoint import load_checkpoint, save_checkpoint
from spreadtune.training.context import Context
from spreadtune.training.model import Model, gradient_norms
from spreadtune.training.precision import resolve_precision
from spreadtune.training.schedule import learning_rate_factor
from spreadtune.training.streams import generator

logger = logging.getLogger(__name__)

EpochEvaluation = Callable[[], Mapping[str, float]]


class DivergenceError(Exception):
    """The loss is no longer a number. Carries the epoch it was seen in and what was measured before."""

    def __init__(self, epoch: int, loss: float) -> None:
        super().__init__(f"diverged: the loss is {loss} in epoch {epoch}")
        self.epoch = epoch


@dataclass(frozen=True)
class Trained:
    """What the loop leaves beside the trained model.

    Attributes:
        epoch: the last finished epoch.
        batch_class_counts: images of each class in a batch, averaged over every batch of the training.
        stopped: True when a request ended it before its last epoch.
    """

    epoch: int
    batch_class_counts: list[float]
    stopped: bool


class Trainer:
    """Trains a model on one split for the epochs of its spec.

    Args:
        model: encoder, head and objective on ``context.device``.
        split: training images, classes and subclasses.
        augmentation: makes the views of a batch.
        spec: the trial.
        context: device, folders, reports.
        class_count: number of classes.
        evaluate: the metrics of an epoch, called every ``evaluation.knn_every`` epochs and after the last.
    """

    def __init__(
        self,
        model: Model,
        split: DeviceSplit,
        augmentation: Augmentation,
        spec: TrialSpec,
        context: Context,
        class_count: int,
        evaluate: EpochEvaluation,
    ) -> None:
        self.model = model
        self.split = split
        self.augmentation = augmentation
        self.spec = spec
        self.context = context
        self.class_count = class_count
        self.evaluate = evaluate
        self.precision = resolve_precision(spec.training.precision, context.device)
        self.peak_rate = spec.training.learning_rate
        self.optimizer = torch.optim.AdamW(
            model.parameters(), lr=self.peak_rate, weight_decay=spec.training.weight_decay, fused=True
        )
        self.batch_class_counts = torch.zeros(class_count, device=context.device)

    def train(self) -> Trained:
        """Train to the last epoch, from the best checkpoint there is.

        Raises:
            DivergenceError: the loss became NaN or infinite.
        """
        epochs = self.spec.training.epochs
        first = self._restore() + 1
        for epoch in range(first, epochs + 1):
            started = time.perf_counter()
            measured = self._train_epoch(epoch)
            if epoch == epochs or epoch % self.spec.evaluation.knn_every == 0:
                measured |= self.evaluate()
            measured |= {"seconds": time.perf_counter() - started, "time": time.time()}
            self.context.attempt.append_history({"epoch": epoch, **measured})
            if epoch == epochs or epoch % self.spec.training.checkpoint_every == 0:
                self._save(epoch)
            self.context.report(epoch, measured)
            if epoch < epochs and self.context.stop_requested():
                if epoch % self.spec.training.checkpoint_every != 0:
                    self._save(epoch)
                return Trained(epoch, self.batch_class_counts.tolist(), stopped=True)
        return Trained(epochs, self.batch_class_counts.tolist(), stopped=False)

    def _train_epoch(self, epoch: int) -> dict[str, float]:
        """One pass over the training images. The host is waited for once, at the end."""
        spec, device = self.spec, self.context.device
        torch.manual_seed(spec.seed.stream("training", epoch))
        order = epoch_batches(
            self.split.classes,
            spec.data.batch_size,
            spec.data.batches,
            generator(spec.seed, "order", epoch, device),
        )
        views = generator(spec.seed, "views", epoch, device)
        steps = len(order)
        warmup = spec.training.warmup_epochs * steps
        self._count_classes(order, epoch)

        self.model.train()
        norms: dict[str, Tensor] = {}
        sums: dict[str, Tensor] = {}
        for step, indices in enumerate(order):
            factor = learning_rate_factor((epoch - 1) * steps + step, spec.training.epochs * steps, warmup)
            terms, batch = self._forward(indices, views)
            if step == 0:
                norms = gradient_norms(terms, batch.features)
            loss = self._descend(terms, self.peak_rate * factor)
            for name, value in {"loss": loss, **{f"loss.{name}": term for name, term in terms.items()}}.items():
                sums[name] = sums.get(name, 0) + value.detach()

        means = _to_host({name: total / steps for name, total in sums.items()})
        if not math.isfinite(means["loss"]):
            raise DivergenceError(epoch, means["loss"])
        return {
            **means,
            **_to_host({f"gradient_norm.{name}": norm for name, norm in norms.items()}),
            "learning_rate": self.peak_rate * factor,
        }

    def _forward(self, indices: Tensor, views: torch.Generator) -> tuple[dict[str, Tensor], Batch]:
        """The objective's terms on the views of one batch."""
        augmented = self.augmentation(self.split.images_at(indices), self.spec.data.views, views)
        batch = self.model.represent(augmented, self.split.classes[indices], self.precision)
        return self.model.objective(batch), batch

    def _descend(self, terms: dict[str, Tensor], learning_rate: float) -> Tensor:
        """One optimizer step on the weighted sum of the terms, which is returned."""
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate
        loss = self.model.objective.total(terms)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss

    def _count_classes(self, order: Tensor, epoch: int) -> None:
        """Update the mean over all batches so far of the images of each class in a batch."""
        classes = self.split.classes[order].flatten()
        counts = torch.zeros_like(self.batch_class_counts).scatter_add_(
            0, classes, torch.ones_like(classes, dtype=torch.float32)
        )
        self.batch_class_counts += (counts / len(order) - self.batch_class_counts) / epoch

    def _state(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "batch_class_counts": self.batch_class_counts,
        }

    def _save(self, epoch: int) -> None:
        save_checkpoint(self.context.attempt, epoch, self._state())

    def _restore(self) -> int:
        """Take up the best readable checkpoint; the epoch it stands at, 0 without one."""
        state = load_checkpoint(self.context.checkpoints, self.context.device)
        if state is None:
            return 0
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.batch_class_counts = state["batch_class_counts"]
        logger.info("resuming after epoch %d", state["epoch"])
        return int(state["epoch"])


def _to_host(values: dict[str, Tensor]) -> dict[str, float]:
    """Read many scalars with one wait for the device."""
    if not values:
        return {}
    return dict(zip(values, torch.stack(list(values.values())).float().tolist(), strict=True))
