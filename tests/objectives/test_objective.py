import pytest
import torch
from torch import Tensor

from spreadtune.errors import UserError
from spreadtune.objectives import Batch, Objective


class Lengths(Objective):
    """A user's own objective."""

    def __init__(self, weights: dict[str, float]) -> None:
        super().__init__(weights)

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        return {"features": batch.features.square().mean(), "embeddings": batch.embeddings.square().mean()}


def test_total_is_the_weighted_sum(batch):
    objective = Lengths({"features": 0.25, "embeddings": 2.0})
    terms = objective(batch)
    torch.testing.assert_close(objective.total(terms), 0.25 * terms["features"] + 2 * terms["embeddings"])
    assert {name: weight.item() for name, weight in objective.weights.items()} == {"features": 0.25, "embeddings": 2.0}


def test_weights_move_with_the_module_and_stay_out_of_checkpoints():
    objective = Lengths({"features": 0.25, "embeddings": 2.0})
    assert not objective.state_dict()
    assert objective.to("meta").weights["features"].device.type == "meta"
    assert all(weight.shape == () for weight in objective.weights.values())


def test_weights_follow_what_is_written_into_the_buffers(batch):
    objective = Lengths({"features": 1.0, "embeddings": 0.0})
    before = objective.total(objective(batch))
    objective.weights["features"].fill_(3.0)
    torch.testing.assert_close(objective.total(objective(batch)), 3 * before)


def test_term_without_a_weight_is_the_users_mistake(batch):
    objective = Lengths({"features": 1.0})
    with pytest.raises(UserError, match=r"Lengths.forward gave the terms \['embeddings', 'features'\]"):
        objective.total(objective(batch))


def test_objective_without_forward_cannot_be_made():
    with pytest.raises(TypeError, match="forward"):
        Objective({"supcon": 1.0})
