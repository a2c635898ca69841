"""A layer divided by its norm as an operator has norm 1: against the singular values of the whole matrix."""

import pytest
import torch
from torch import Tensor, nn

from spreadtune.models.operator_norm import unit_convolution, unit_linear


def matrix_of(layer: nn.Module, shape: tuple[int, ...]) -> Tensor:
    """The layer as a matrix: its answers to every image with a single one in it."""
    size = torch.Size(shape).numel()
    bias = layer(torch.zeros(1, *shape))
    return (layer(torch.eye(size).reshape(size, *shape)) - bias).flatten(1).T.double().detach()


@pytest.mark.parametrize(("channels", "out", "size", "side"), [(1, 8, 3, (8, 8)), (3, 4, 3, (5, 7)), (4, 6, 1, (3, 3))])
def test_a_convolution_has_norm_one(channels: int, out: int, size: int, side: tuple[int, int]) -> None:
    torch.manual_seed(0)
    layer = unit_convolution(channels, out, size, side).eval()
    norm = torch.linalg.matrix_norm(matrix_of(layer, (channels, *side)), ord=2)
    assert float(norm) == pytest.approx(1, abs=2e-3)


def test_the_spectral_norm_of_the_kernel_would_be_no_bound() -> None:
    """A constant 3x3 kernel stretches by nearly three times as much."""
    layer = unit_convolution(1, 1, 3, (8, 8))
    with torch.no_grad():
        layer.parametrizations.weight.original.fill_(1.0)
    kernel = torch.linalg.matrix_norm(torch.ones(1, 9), ord=2)
    plain = nn.Conv2d(1, 1, 3, padding=1, bias=False)
    nn.init.ones_(plain.weight)
    stretched = float(torch.linalg.matrix_norm(matrix_of(plain, (1, 8, 8)), ord=2))
    assert stretched / float(kernel) == pytest.approx(2.82, abs=0.1)
    layer.eval()
    assert float(torch.linalg.matrix_norm(matrix_of(layer, (1, 8, 8)), ord=2)) == pytest.approx(1, abs=1e-3)


def test_a_linear_map_has_norm_one_and_training_follows_its_weights() -> None:
    torch.manual_seed(0)
    layer = unit_linear(20, 12)
    optimizer = torch.optim.AdamW(layer.parameters(), lr=1e-2)
    for _ in range(50):
        loss = (layer(torch.randn(32, 20)) - 1).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        assert float(torch.linalg.matrix_norm(layer.weight.detach(), ord=2)) == pytest.approx(1, abs=0.1)
    layer.eval()
    assert float(torch.linalg.matrix_norm(layer.weight.detach(), ord=2)) == pytest.approx(1, abs=2e-3)


def test_looking_changes_nothing() -> None:
    layer = unit_convolution(2, 2, 3, (4, 4))
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    layer.eval()(torch.rand(1, 2, 4, 4))
    torch.testing.assert_close(layer.state_dict(), before, rtol=0, atol=0)
