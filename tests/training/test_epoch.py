"""An epoch against a slow transcription: own AdamW, explicit batches, explicit schedule, losses as functions."""

import math
from copy import deepcopy
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spreadtune.data.views import build_augmentation
from spreadtune.objectives import class_conditional_infonce_loss, supcon_loss
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.epoch import EpochTrainer
from spreadtune.training.model import Model
from tests.small_trial import AUTOENCODER, epoch_trainer, small_trial

SPEC = small_trial(
    {
        **AUTOENCODER,
        "model.head": "mlp",
        "training.warmup_epochs": 1,
        "training.epochs": 3,
        "training.precision": "float32",
    }
)


class SlowAdamW:
    """Loshchilov and Hutter, ICLR 2019 (arXiv 1711.05101), with torch's defaults."""

    def __init__(self, parameters: list[nn.Parameter], weight_decay: float) -> None:
        self.parameters, self.weight_decay, self.t = parameters, weight_decay, 0
        self.m = [torch.zeros_like(p) for p in parameters]
        self.v = [torch.zeros_like(p) for p in parameters]

    @torch.no_grad()
    def step(self, gradients: tuple[Tensor, ...], rate: float) -> None:
        self.t += 1
        for p, g, m, v in zip(self.parameters, gradients, self.m, self.v, strict=True):
            m.copy_(0.9 * m + 0.1 * g)
            v.copy_(0.999 * v + 0.001 * g * g)
            m_hat, v_hat = m / (1 - 0.9**self.t), v / (1 - 0.999**self.t)
            p.copy_(p - rate * self.weight_decay * p - rate * m_hat / (v_hat.sqrt() + 1e-8))


def slow_batches(spec: TrialSpec, epoch: int, images: int) -> list[Tensor]:
    stream = torch.Generator().manual_seed(spec.seed.stream("order", epoch))
    order, size = torch.randperm(images, generator=stream), spec.data.batch_size
    return [order[start : start + size] for start in range(0, images - size + 1, size)]


def slow_terms(model: Model, inputs: Tensor, targets: Tensor, classes: Tensor, objective: Any) -> dict[str, Tensor]:
    h = model.encoder(torch.cat(list(inputs)))
    z = torch.stack(F.normalize(model.head(h), dim=1).chunk(2))
    told = model.objective.reconstructor.class_embedding(classes)
    decoded = model.objective.reconstructor.decoder(torch.cat([h, torch.cat([told, told])], dim=1))
    return {
        "supcon": supcon_loss(z, classes, temperature=objective.temperature),
        "ccinfonce": class_conditional_infonce_loss(z, classes, temperature=objective.temperature),
        "reconstruction": ((decoded - torch.cat(list(targets))) ** 2).mean(),
    }


def slow_training(trainer: EpochTrainer, epochs: int) -> tuple[Model, dict[str, float]]:
    """The trained model, and the means of the last epoch's loss and terms."""
    spec, split, model = trainer.spec, trainer.split, deepcopy(trainer.model).train()
    objective = spec.objective
    weights = {
        "supcon": 1 - objective.alpha,
        "ccinfonce": objective.alpha,
        "reconstruction": objective.autoencoder_weight,
    }
    adamw = SlowAdamW(list(model.parameters()), spec.training.weight_decay)
    augment = build_augmentation(spec.data.augmentation)
    step, measured = 0, []
    for epoch in range(1, epochs + 1):
        stream = torch.Generator().manual_seed(spec.seed.stream("views", epoch))
        batches, measured = slow_batches(spec, epoch, len(split)), []
        warmup = len(batches)  # one epoch
        steps = spec.training.epochs * len(batches)
        for indices in batches:
            views = augment(split.images_at(indices), 2, stream)
            terms = slow_terms(model, views.inputs, views.targets, split.labels.classes[indices], objective)
            loss = sum(weights[name] * term for name, term in terms.items())
            factor = (step + 1) / warmup if step < warmup else cosine((step - warmup) / (steps - warmup))
            adamw.step(torch.autograd.grad(loss, adamw.parameters), spec.training.learning_rate * factor)
            measured.append(
                {"loss": float(loss.detach()), **{f"loss.{k}": float(v.detach()) for k, v in terms.items()}}
            )
            step += 1
    return model, {name: sum(line[name] for line in measured) / len(measured) for name in measured[0]}


def cosine(t: float) -> float:
    return (1 + math.cos(math.pi * t)) / 2


def test_two_epochs_equal_the_slow_transcription() -> None:
    trainer = epoch_trainer(SPEC)
    before = deepcopy(trainer.model.state_dict())
    slow, means = slow_training(trainer, 2)
    trainer.train_epoch(1)
    measured = trainer.train_epoch(2)
    assert {name: measured[name] for name in means} == pytest.approx(means, rel=1e-4)
    for name, value in slow.state_dict().items():
        torch.testing.assert_close(trainer.model.state_dict()[name], value, rtol=0, atol=2e-5, msg=name)
        if value.is_floating_point():
            assert (value - before[name]).abs().max() > 1e-3, name


def test_gradient_norms_are_those_of_the_first_batch_at_the_features() -> None:
    trainer = epoch_trainer(SPEC)
    model, split = deepcopy(trainer.model).train(), trainer.split
    (indices, *_), views = slow_batches(SPEC, 1, len(split)), torch.Generator()
    augmented = trainer.augmentation(split.images_at(indices), 2, views.manual_seed(SPEC.seed.stream("views", 1)))
    norms = {}
    for name in ("supcon", "ccinfonce", "reconstruction"):
        kept: list[Tensor] = []
        hook = model.encoder.register_forward_hook(
            lambda module, inputs, h, kept=kept: (h.retain_grad(), kept.append(h))[1]
        )
        slow_terms(model, augmented.inputs, augmented.targets, split.labels.classes[indices], SPEC.objective)[
            name
        ].backward()
        norms[f"gradient_norm.{name}"] = float(kept[0].grad.norm())
        hook.remove()
    measured = trainer.train_epoch(1)
    assert {name: measured[name] for name in norms} == pytest.approx(norms, rel=1e-4)


@pytest.mark.parametrize(
    ("batches", "batch_size", "counts"),
    [("shuffled", 32, None), ("balanced", 24, [8.0] * 3)],
    ids=["shuffled", "balanced"],
)
def test_class_counts_are_those_of_the_batches_drawn(batches: str, batch_size: int, counts: list[float] | None) -> None:
    own = {"name": "tests.own_parts:shades", "per_class": [90, 60, 30]}
    spec = small_trial(
        {"data.dataset": own, "data.batches": batches, "data.batch_size": batch_size, "data.train_size": None}
    )
    trainer = epoch_trainer(spec)
    trainer.train_epoch(1)
    trainer.train_epoch(2)
    if counts is None:
        drawn = torch.stack([batch for epoch in (1, 2) for batch in slow_batches(spec, epoch, len(trainer.split))])
        counts = [float((trainer.split.labels.classes[drawn] == k).sum()) / len(drawn) for k in range(3)]
    assert trainer.batch_class_counts() == pytest.approx(counts, rel=1e-12)
    assert sum(trainer.batch_class_counts()) == pytest.approx(batch_size, rel=1e-12)


def test_the_learning_rate_told_is_the_last_steps() -> None:
    trainer = epoch_trainer(small_trial({"training.epochs": 2}))
    told = [trainer.train_epoch(epoch)["learning_rate"] for epoch in (1, 2)]
    assert told == pytest.approx([3e-3 * cosine(2 / 6), 3e-3 * cosine(5 / 6)], rel=1e-12)
    assert trainer.optimizer.param_groups[0]["lr"] == told[-1]


def test_a_state_is_a_copy_of_nothing_random() -> None:
    """Two trainers that share a state go on alike, whatever was drawn between."""
    one, other = epoch_trainer(SPEC), epoch_trainer(SPEC)
    one.train_epoch(1)
    torch.rand(17)
    other.load_state_dict(deepcopy(one.state_dict()))
    assert one.train_epoch(2) == other.train_epoch(2)
