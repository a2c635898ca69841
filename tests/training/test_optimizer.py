import pytest
import torch
from torch import nn

from tests.small_trial import AUTOENCODER, epoch_trainer, small_trial

EVERY_PART = {**AUTOENCODER, "model.head": "mlp", "training.weight_decay": 0.1}
KINDS = (nn.BatchNorm2d, nn.GroupNorm, nn.Conv2d, nn.Linear, nn.Embedding)


@pytest.mark.parametrize("changes", [EVERY_PART, {"objective": "cross_entropy", "training.weight_decay": 0.1}])
@pytest.mark.parametrize("norm", ["batch", "group"])
def test_every_parameter_decays_norms_and_biases_too(changes, norm):
    spec = small_trial({**changes, "model.encoder": {"name": "convnet", "width": 4, "norm": norm}})
    trainer = epoch_trainer(spec)
    with torch.no_grad():
        for parameter in trainer.model.parameters():
            parameter.fill_(2.0).grad = torch.zeros_like(parameter)  # what moves it is the decay alone
    trainer.optimizer.step()
    left = 2 * (1 - spec.training.learning_rate * spec.training.weight_decay)
    moved = dict(trainer.model.named_parameters())
    assert moved
    for name, parameter in moved.items():
        assert torch.allclose(parameter, torch.tensor(left), rtol=1e-6), name


def test_what_is_pinned_has_all_kinds_of_parameters():
    models = [
        epoch_trainer(small_trial({**EVERY_PART, "model.encoder": {"name": "convnet", "width": 4, "norm": norm}})).model
        for norm in ("batch", "group")
    ]
    found = {type(module) for model in models for module in model.modules()}
    assert found >= set(KINDS)
    biases = [name for model in models for name, _ in model.named_parameters() if name.endswith("bias")]
    assert biases


def test_there_is_one_group_of_all_parameters_with_the_files_decay():
    trainer = epoch_trainer(small_trial(EVERY_PART))
    (group,) = trainer.optimizer.param_groups
    assert group["weight_decay"] == 0.1
    assert {id(parameter) for parameter in group["params"]} == {id(p) for p in trainer.model.parameters()}
