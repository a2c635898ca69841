import pytest
import torch
from torch import nn

from spreadtune.errors import UserError
from spreadtune.models.convnet import build
from spreadtune.spec.model import ConvnetEncoder


@pytest.mark.parametrize("norm", ["batch", "group"])
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 9, 8), (1, 11, 13), (1, 28, 28), (3, 32, 32), (2, 8, 33)])
def test_any_side_from_eight_pixels_up(norm, shape):
    encoder = build(ConvnetEncoder(embedding_dim=5, width=4, norm=norm), shape)
    assert encoder(torch.rand(2, *shape)).shape == (2, 5)


@pytest.mark.parametrize(
    ("side", "widths"), [(8, [16, 32]), (16, [16, 32, 64]), (32, [16, 32, 64, 128]), (64, [16, 32, 64, 128, 256])]
)
def test_larger_images_get_more_and_wider_blocks(side, widths):
    encoder = build(ConvnetEncoder(width=16), (3, side, side))
    convolutions = [module for module in encoder.modules() if isinstance(module, nn.Conv2d)]
    assert [convolution.out_channels for convolution in convolutions] == widths


def test_widths_stop_at_sixteen_times_the_first():
    encoder = build(ConvnetEncoder(width=4), (3, 224, 224))
    convolutions = [module for module in encoder.modules() if isinstance(module, nn.Conv2d)]
    assert [convolution.out_channels for convolution in convolutions] == [4, 8, 16, 32, 64, 64, 64]
    assert encoder(torch.rand(2, 3, 224, 224)).shape == (2, 64)


@pytest.mark.parametrize(("side", "maps"), [(8, [4]), (28, [14, 7, 4]), (32, [16, 8, 4])])
def test_a_first_stride_of_two_starts_at_half_the_resolution(side, maps):
    encoder = build(ConvnetEncoder(stride=2), (1, side, side))
    sides, features = [], torch.rand(2, 1, side, side)
    for block in encoder.blocks:
        features = block(features)
        sides.append(features.shape[-1])
    assert sides == maps


@pytest.mark.parametrize("width", [4, 12, 20, 32])
def test_group_norm_replaces_every_batch_norm(width):
    encoder = build(ConvnetEncoder(width=width, norm="group"), (1, 16, 16))
    kinds = [type(module) for module in encoder.modules()]
    assert nn.BatchNorm2d not in kinds
    assert kinds.count(nn.GroupNorm) == 3


def test_batch_norm_sees_the_other_images_and_group_norm_does_not():
    images = torch.rand(6, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    for norm, depends in (("batch", True), ("group", False)):
        encoder = build(ConvnetEncoder(norm=norm), (1, 8, 8))
        assert torch.allclose(encoder(images)[:3], encoder(images[:3]), atol=1e-5) != depends


def test_where_a_stroke_lies_tells_images_apart():
    images = torch.zeros(2, 1, 8, 8)
    images[0, 0, 3, 1:7] = 1
    images[1, 0, 5, 1:7] = 1
    one, other = build(ConvnetEncoder(), (1, 8, 8)).eval()(images)
    assert not torch.allclose(one, other, atol=1e-3)


@pytest.mark.parametrize("shape", [(1, 7, 8), (1, 8, 4)])
def test_smaller_images_are_refused(shape):
    with pytest.raises(UserError, match=f"model.encoder: convnet .* {shape[1]}x{shape[2]}"):
        build(ConvnetEncoder(), shape)
