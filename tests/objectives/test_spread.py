import pytest
import torch

from spreadtune.objectives import class_conditional_infonce_loss, spread_loss, supcon_loss
from spreadtune.objectives.spread import build
from spreadtune.spec.objective import SpreadObjective as SpreadConfig


@pytest.mark.parametrize("pairs", ["cross_view", "all"])
@pytest.mark.parametrize("denominator", ["negatives", "all"])
def test_objective_gives_both_terms_and_their_weighted_sum(batch, pairs, denominator):
    config = SpreadConfig(alpha=0.25, temperature=0.2, pairs=pairs, denominator=denominator)
    objective = build(config, embedding_dim=5, class_count=3)
    terms = objective(batch)
    scheme = {"temperature": 0.2, "pairs": pairs}
    z, y = batch.embeddings, batch.classes
    torch.testing.assert_close(terms["supcon"], supcon_loss(z, y, **scheme, denominator=denominator))
    torch.testing.assert_close(terms["ccinfonce"], class_conditional_infonce_loss(z, y, **scheme))
    whole = spread_loss(z, y, alpha=0.25, **scheme, denominator=denominator)
    torch.testing.assert_close(objective.total(terms), whole)
    assert {name: weight.item() for name, weight in objective.weights.items()} == {"supcon": 0.75, "ccinfonce": 0.25}


def test_temperature_is_a_buffer(batch):
    objective = build(SpreadConfig(temperature=0.2), embedding_dim=5, class_count=3)
    objective.temperature.fill_(0.7)
    expected = supcon_loss(batch.embeddings, batch.classes, temperature=0.7)
    torch.testing.assert_close(objective(batch)["supcon"], expected)
    assert not objective.state_dict()
    assert not list(objective.parameters())
