"""The bound of the constrained encoder, attacked: by gradient ascent on images, and on weights too."""

import pytest
import torch
from torch import Tensor, nn

from spreadtune.errors import UserError
from spreadtune.models.lipschitz import HalvedSum, SortedPairs, build
from spreadtune.spec.model import LipschitzEncoder

BOUND = 3.0
SLACK = 1.01  # of power iterations that have not quite arrived, layer by layer


def net(bound: float = BOUND) -> nn.Module:
    torch.manual_seed(0)
    return build(LipschitzEncoder(bound=bound, width=8, embedding_dim=16), (1, 8, 8))


def stretch(encoder: nn.Module, images: Tensor, others: Tensor) -> Tensor:
    """|h(x) - h(y)| / |x - y| of each pair."""
    return (encoder(images) - encoder(others)).norm(dim=1) / (images - others).flatten(1).norm(dim=1)


def attacked(encoder: nn.Module, steps: int) -> Tensor:
    """The largest stretches that gradient ascent on pairs of images finds."""
    images = torch.rand(32, 1, 8, 8, requires_grad=True)
    others = (images.detach() + 0.05 * torch.randn(32, 1, 8, 8)).requires_grad_()
    optimizer = torch.optim.Adam([images, others], lr=1e-2)
    for _ in range(steps):
        optimizer.zero_grad()
        (-stretch(encoder, images, others).sum()).backward()
        optimizer.step()
    return stretch(encoder, images, others).detach()


def trained_to_stretch(steps: int) -> nn.Module:
    """Weights that want two sets of images as far apart as they can."""
    encoder = net()
    images, others = torch.rand(16, 1, 8, 8), torch.rand(16, 1, 8, 8)
    optimizer = torch.optim.AdamW(encoder.parameters(), lr=1e-2)
    for _ in range(steps):
        optimizer.zero_grad()
        (-stretch(encoder, images, others).mean()).backward()
        optimizer.step()
    return encoder


@pytest.mark.slow
def test_no_pair_of_images_is_stretched_beyond_the_bound() -> None:
    encoder = trained_to_stretch(80).eval()
    found = attacked(encoder, 60)
    assert found.max() <= SLACK * BOUND
    assert found.max() > 0.5 * BOUND, "the bound is one that weights come near to"


@pytest.mark.parametrize("bound", [0.1, 10.0])
def test_the_bound_is_what_was_asked_for(bound: float) -> None:
    one, other = net(1.0).eval(), net(bound).eval()
    images = torch.rand(8, 1, 8, 8)
    apart = [encoder(images)[1:] - encoder(images)[:1] for encoder in (one, other)]
    torch.testing.assert_close(apart[1], bound * apart[0], rtol=1e-4, atol=1e-6)


def test_activation_and_pool_stretch_nothing() -> None:
    x, y = torch.randn(2, 64, 4, 6, 6)
    for layer in (SortedPairs(), HalvedSum()):
        assert ((layer(x) - layer(y)).flatten(1).norm(dim=1) <= (x - y).flatten(1).norm(dim=1) + 1e-5).all()
    assert SortedPairs()(x).norm() == pytest.approx(float(x.norm()))


def test_h_of_an_image_does_not_depend_on_its_batch() -> None:
    encoder, images = net(), torch.rand(4, 1, 8, 8)
    encoder.eval()
    torch.testing.assert_close(encoder(images)[:1], encoder(images[:1]), rtol=1e-5, atol=1e-6)


def test_small_images_are_refused() -> None:
    with pytest.raises(UserError, match="lipschitz needs images of at least 8x8 pixels, these have 6x8"):
        build(LipschitzEncoder(), (1, 6, 8))
