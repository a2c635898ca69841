import pytest
import torch
from torch._dynamo.testing import CompileCounter

from spreadtune.objectives.spread import SpreadObjective


@pytest.mark.slow
def test_trials_of_a_shape_share_one_graph(batch):
    """Other weights and another temperature are other numbers in the buffers, not another graph."""
    counter = CompileCounter()

    @torch.compile(backend=counter, fullgraph=True)
    def loss(objective, batch):
        return objective.total(objective(batch))

    for alpha, temperature in ((0.0, 0.5), (0.3, 0.1), (1.0, 0.07)):
        objective = SpreadObjective(alpha=alpha, temperature=temperature)
        torch.testing.assert_close(loss(objective, batch), objective.total(objective(batch)))
    assert counter.frame_count == 1
