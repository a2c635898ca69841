import io

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from spreadtune.errors import UserError
from spreadtune.models import build_decoder
from spreadtune.spec.model import ConvDecoder, ModelConfig, NoDecoder

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


@pytest.fixture(params=["conv", "own"])
def build(request, own_part):
    part = {"name": own_part(flat_decoder), "hidden": 32} if request.param == "own" else {"name": "conv", "width": 8}

    def build(image_shape=(1, 8, 8), seed: int = 0) -> nn.Module:
        torch.manual_seed(seed)
        return build_decoder(ModelConfig(encoder="convnet", decoder=part).decoder, 10, image_shape)

    return build


SHAPES = [(1, 8, 8), (1, 28, 28), (3, 12, 20), (3, 32, 32), (3, 64, 32), (3, 64, 64), (3, 224, 224)]


@pytest.mark.parametrize("shape", SHAPES)
def test_reconstructions_are_pixels_of_the_image_shape(build, shape):
    pixels = build(shape)(FEATURES)
    assert pixels.shape == (6, *shape)
    assert pixels.dtype == torch.float32
    assert 0 <= pixels.min() <= pixels.max() <= 1


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 32, 32), (3, 64, 32)])
def test_the_gradient_reaches_every_parameter_and_the_features(build, shape):
    decoder, features = build(shape), FEATURES.clone().requires_grad_()
    decoder(features).square().sum().backward()
    for name, parameter in decoder.named_parameters():
        assert parameter.grad.any(), name
    assert features.grad.any(dim=1).all()


def test_a_saved_state_gives_the_same_reconstructions(build):
    trained, fresh = build(seed=0), build(seed=1)
    assert not torch.equal(trained(FEATURES), fresh(FEATURES))
    file = io.BytesIO()
    torch.save(trained.state_dict(), file)
    file.seek(0)
    fresh.load_state_dict(torch.load(file, weights_only=True))
    assert torch.equal(trained(FEATURES), fresh(FEATURES))


def test_training_beats_the_mean_image_where_features_tell_images_apart(build):
    images = torch.rand(6, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    decoder = build()
    optimizer = torch.optim.Adam(decoder.parameters(), lr=3e-2)
    for _ in range(60):
        optimizer.zero_grad()
        F.mse_loss(decoder(FEATURES), images).backward()
        optimizer.step()
    error = F.mse_loss(decoder(FEATURES), images)
    assert error < 0.3 * images.var(dim=0, correction=0).mean()


def test_every_row_is_decoded_for_itself(build):
    decoder = build((3, 32, 32))
    torch.testing.assert_close(decoder(FEATURES[2:3]), decoder(FEATURES)[2:3], rtol=1e-4, atol=1e-6)


def test_the_seed_decides_the_initialization(build):
    assert torch.equal(build(seed=5)(FEATURES), build(seed=5)(FEATURES))


def test_bfloat16_gives_nearly_the_same(build):
    decoder = build((3, 32, 32))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        pixels = decoder(FEATURES).float()
    torch.testing.assert_close(pixels, decoder(FEATURES), rtol=0, atol=0.02)


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
