import pytest
import torch
import torch.nn.functional as F
from torch import nn

from spreadtune.errors import UserError
from spreadtune.models import build_decoder
from spreadtune.spec.model import DECODERS, ConvDecoder, ModelConfig, NoDecoder
from spreadtune.testing import DecoderContract

FEATURES = torch.randn(6, 10, generator=torch.Generator().manual_seed(0))


def flat_decoder(input_dim, image_shape, hidden):
    channels, height, width = image_shape
    return nn.Sequential(
        nn.Linear(input_dim, hidden),
        nn.Tanh(),
        nn.Linear(hidden, channels * height * width),
        nn.Sigmoid(),
        nn.Unflatten(1, image_shape),
    )


SHAPES = [(1, 8, 8), (1, 28, 28), (3, 12, 20), (3, 32, 32), (3, 64, 32), (3, 64, 64), (3, 224, 224)]
KINDS = ["conv", "own"]


def part_of(kind, own_part):
    return {"name": own_part(flat_decoder), "hidden": 32} if kind == "own" else {"name": "conv", "width": 8}


def test_every_decoder_of_the_package_is_tried():
    assert set(DECODERS.names) - {"none"} <= set(KINDS)


class TestDecoders(DecoderContract):
    @pytest.fixture(autouse=True, params=[(kind, shape) for kind in KINDS for shape in SHAPES], ids=str)
    def given(self, request, own_part):
        kind, self.image_shape = request.param
        self.part = part_of(kind, own_part)

    def test_in_training_too_every_row_is_decoded_for_itself(self):
        decoder, features = self.build(), self.inputs()
        torch.testing.assert_close(decoder(features[2:3]), decoder(features)[2:3], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_training_beats_the_mean_image_where_features_tell_images_apart(kind, own_part):
    images = torch.rand(6, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    torch.manual_seed(0)
    config = ModelConfig(encoder="convnet", decoder=part_of(kind, own_part)).decoder
    decoder = build_decoder(config, 10, (1, 8, 8))
    optimizer = torch.optim.Adam(decoder.parameters(), lr=3e-2)
    for _ in range(60):
        optimizer.zero_grad()
        F.mse_loss(decoder(FEATURES), images).backward()
        optimizer.step()
    error = F.mse_loss(decoder(FEATURES), images)
    assert error < 0.3 * images.var(dim=0, correction=0).mean()


@pytest.mark.parametrize(
    ("shape", "first_map", "parameters"),
    [
        ((1, 8, 8), (64, 2, 2), 49_953),
        ((1, 28, 28), (64, 7, 7), 237_153),
        ((3, 32, 32), (128, 4, 4), 298_595),
        ((3, 64, 64), (128, 4, 4), 560_867),
        ((3, 224, 224), (128, 7, 7), 1_097_699),
        ((3, 12, 20), (64, 3, 5), 96_739),
        ((3, 64, 32), (128, 8, 4), 431_715),
    ],
)
def test_the_linear_map_stays_small_whatever_the_image(shape, first_map, parameters):
    decoder = build_decoder(ConvDecoder(), 64, shape)
    (unflatten,) = (module for module in decoder.modules() if isinstance(module, nn.Unflatten))
    assert unflatten.unflattened_size == first_map
    assert sum(parameter.numel() for parameter in decoder.parameters()) == parameters


@pytest.mark.parametrize("shape", [(1, 4, 8), (1, 8, 10), (1, 9, 8)])
def test_other_sides_are_refused(shape):
    with pytest.raises(UserError, match=f"model.decoder: conv .* {shape[1]}x{shape[2]}"):
        build_decoder(ConvDecoder(), 10, shape)


def test_reconstructing_without_a_decoder_is_refused():
    with pytest.raises(UserError, match=r"autoencoder_weight > 0 needs model\.decoder"):
        build_decoder(NoDecoder(), 10, (1, 8, 8))


def test_an_own_decoder_must_be_a_module(own_part):
    config = ModelConfig(encoder="convnet", decoder=own_part(lambda input_dim, image_shape: None))
    with pytest.raises(UserError, match=r"model\.decoder: 'own_part_of_a_test:part' returned NoneType"):
        build_decoder(config.decoder, 10, (1, 8, 8))
