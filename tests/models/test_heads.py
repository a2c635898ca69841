import pytest
import torch

from spreadtune.models import build_head

H = torch.randn(4, 6, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("kind", "width"), [("none", 6), ("linear", 3), ("mlp", 3)])
def test_width_of_the_output(kind, width):
    assert build_head(kind, embedding_dim=6, head_dim=3)(H).shape == (4, width)


def test_no_head_hands_h_on():
    assert build_head("none", 6, 3)(H) is H


def test_linear_is_affine_and_mlp_is_not():
    for kind, affine in (("linear", True), ("mlp", False)):
        torch.manual_seed(0)
        head = build_head(kind, 6, 3)
        middle = (head(H) + head(-H)) / 2
        assert torch.allclose(middle, head(torch.zeros_like(H)), atol=1e-6) == affine


def test_mlp_by_hand():
    head = build_head("mlp", 6, 3)
    first, _, last = head
    hidden = (H @ first.weight.T + first.bias).clamp(min=0)
    torch.testing.assert_close(head(H), hidden @ last.weight.T + last.bias)
