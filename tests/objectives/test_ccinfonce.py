import math

import pytest
import torch

from spreadtune.objectives import class_conditional_infonce_loss, infonce_loss


def randn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def test_is_infonce_inside_one_class():
    embeddings = randn(3, 5, 4)
    loss = class_conditional_infonce_loss(embeddings, torch.zeros(5), temperature=0.2, pairs="all")
    torch.testing.assert_close(loss, infonce_loss(embeddings, temperature=0.2))


@pytest.mark.parametrize("pairs", ["cross_view", "all"])
def test_single_images_of_their_class_have_no_rivals(pairs):
    loss = class_conditional_infonce_loss(randn(2, 5, 4), torch.arange(5), temperature=0.2, pairs=pairs)
    assert loss.item() == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("pairs", "rivals"), [("cross_view", 4), ("all", 3 * 4 - 1)])
def test_collapsed_class_pays_the_log_of_its_candidates(pairs, rivals):
    labels = torch.arange(12) % 3
    collapsed = randn(3, 5)[labels].expand(3, -1, -1)
    loss = class_conditional_infonce_loss(collapsed, labels, temperature=0.1, pairs=pairs)
    assert loss.item() == pytest.approx(math.log(rivals))
