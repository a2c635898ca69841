"""What settings at one seed share, so that they can be compared in pairs."""

from typing import Any

import pytest
import torch
from torch import Tensor

from spreadtune.spec.trial import TrialSpec
from spreadtune.training.epoch import EpochTrainer
from spreadtune.training.model import Model
from spreadtune.trial.assemble import build_model
from spreadtune.trial.datasets import dataset_of
from tests.small_trial import AUTOENCODER, assert_equal_states, epoch_trainer, small_trial


def model_of(spec: TrialSpec) -> Model:
    dataset = dataset_of(spec.data)
    return build_model(spec, dataset, dataset.class_count)


def views_of(spec: TrialSpec) -> list[Tensor]:
    """Every input of two epochs, in the order in which the encoder sees them."""
    trainer: EpochTrainer = epoch_trainer(spec)
    seen: list[Tensor] = []
    trainer.model.encoder.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0].clone()))
    for epoch in (1, 2):
        trainer.train_epoch(epoch)
    return seen


OTHERS: list[dict[str, Any]] = [
    {"objective.alpha": 1.0, "objective.temperature": 0.1},
    AUTOENCODER,
    {"objective": {"name": "cross_entropy"}},
    {"model.head": "mlp", "training.learning_rate": 1e-2},
    {"training.epochs": 9},
]


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: next(iter(other)))
def test_settings_of_a_repetition_share_initialization_order_and_views(other: dict[str, Any]) -> None:
    assert_equal_states(model_of(small_trial()).encoder.state_dict(), model_of(small_trial(other)).encoder.state_dict())
    torch.testing.assert_close(views_of(small_trial()), views_of(small_trial(other)), rtol=0, atol=0)


@pytest.mark.parametrize("seed", [{"study": 1}, {"study": 0, "index": 1}, {"study": 0, "stage": "confirm"}])
def test_other_repetitions_share_neither(seed: dict[str, Any]) -> None:
    one, other = small_trial(), small_trial({"seed": seed})
    assert not torch.equal(next(model_of(one).encoder.parameters()), next(model_of(other).encoder.parameters()))
    assert not any(torch.equal(a, b) for a, b in zip(views_of(one), views_of(other), strict=True))


def test_a_decoder_leaves_the_head_and_the_classifier_as_they_are() -> None:
    changes = {"model.head": "mlp", "objective": {"name": "cross_entropy"}}
    decoder = {key: value for key, value in AUTOENCODER.items() if key.startswith("model")}
    with_decoder = {**changes, **decoder, "objective": {"name": "cross_entropy", "autoencoder_weight": 1.0}}
    plain, joined = model_of(small_trial(changes)), model_of(small_trial(with_decoder))
    assert_equal_states(plain.head.state_dict(), joined.head.state_dict())
    assert_equal_states(plain.objective.state_dict(), joined.objective.objective.state_dict())


def test_building_leaves_the_global_random_state_alone() -> None:
    torch.manual_seed(3)
    model_of(small_trial(AUTOENCODER))
    after = torch.rand(2)
    torch.manual_seed(3)
    assert torch.equal(after, torch.rand(2))


@pytest.mark.parametrize(("condition", "extra"), [("none", 0), ("class", 16)])
def test_a_conditioned_decoder_is_told_the_class(condition: str, extra: int) -> None:
    model = model_of(small_trial({**AUTOENCODER, "model.decoder_condition": condition}))
    assert model.objective.reconstructor.decoder.layers[0].in_features == 8 + extra
