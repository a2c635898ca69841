import math

import torch

from spreadtune.objectives.log_share import masked_logsumexp, mean_negative_log_share, mean_over

MASK = torch.tensor([[True, True, False], [False, False, False]])


def test_masked_logsumexp_of_an_empty_set_has_no_gradient():
    similarities = torch.zeros(1, 2, 3, requires_grad=True)
    result = masked_logsumexp(similarities, MASK)
    torch.testing.assert_close(result, torch.tensor([[math.log(2), -math.inf]]))
    result.sum().backward()
    assert torch.equal(similarities.grad, torch.tensor([[[0.5, 0.5, 0.0], [0.0, 0.0, 0.0]]]))


def test_mean_over_averages_within_each_anchor_first():
    chosen = torch.tensor([[True, True, True], [True, False, False]])
    values = torch.tensor([[[1.0, 2.0, 3.0], [10.0, 99.0, 99.0]]])
    assert mean_over(chosen, values).item() == 6


def test_share_of_one_among_equals():
    chosen = torch.eye(3, dtype=torch.bool)
    loss = mean_negative_log_share(torch.full((2, 3, 3), 7.0), chosen, among=torch.ones_like(chosen))
    assert math.isclose(loss.item(), math.log(3), rel_tol=1e-6)
