"""What every encoder must keep, whoever wrote it."""

import io

import pytest
import torch
from torch import nn

from spreadtune.errors import UserError
from spreadtune.models import Encoder, build_encoder
from spreadtune.spec.model import ModelConfig

SHAPE = (1, 8, 8)


class FlatEncoder(nn.Module):
    """Inherits nothing of the package."""

    def __init__(self, image_shape, embedding_dim):
        super().__init__()
        self.embedding_dim = embedding_dim
        channels, height, width = image_shape
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(channels * height * width, embedding_dim))

    def forward(self, images):
        return self.layers(images)


@pytest.fixture(params=["convnet, batch norm", "convnet, group norm", "own"])
def build(request, own_part):
    if request.param == "own":
        part = {"name": own_part(FlatEncoder), "embedding_dim": 24}
    else:
        norm = "group" if "group" in request.param else "batch"
        part = {"name": "convnet", "embedding_dim": 24, "width": 12, "norm": norm}

    def build(seed: int = 0) -> Encoder:
        torch.manual_seed(seed)
        return build_encoder(ModelConfig(encoder=part).encoder, SHAPE)

    return build


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(10, *SHAPE, generator=torch.Generator().manual_seed(0))


def test_embeddings_are_float_rows_of_the_stated_width(build, images):
    encoder = build()
    embeddings = encoder(images)
    assert encoder.embedding_dim == 24
    assert embeddings.shape == (10, 24)
    assert embeddings.dtype == torch.float32
    assert embeddings.isfinite().all()


def test_the_gradient_reaches_every_parameter(build, images):
    encoder = build()
    encoder(images).square().sum().backward()
    for name, parameter in encoder.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.any(), name


def test_evaluation_treats_every_image_for_itself_and_leaves_no_trace(build, images):
    encoder = build()
    encoder(images)  # gives running statistics values of their own
    encoder.eval()
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    with torch.no_grad():
        together = encoder(images)
        torch.testing.assert_close(encoder(images[3:5]), together[3:5])
        assert torch.equal(encoder(images), together)
    for name, value in encoder.state_dict().items():
        assert torch.equal(value, before[name]), name


def test_a_saved_state_gives_the_same_embeddings(build, images):
    trained, fresh = build(seed=0), build(seed=1)
    trained(images)
    file = io.BytesIO()
    torch.save(trained.state_dict(), file)
    file.seek(0)
    assert not torch.equal(trained.eval()(images), fresh.eval()(images))
    fresh.load_state_dict(torch.load(file, weights_only=True))
    assert torch.equal(trained(images), fresh(images))


def test_the_seed_decides_the_initialization(build, images):
    assert torch.equal(build(seed=5)(images), build(seed=5)(images))


def test_an_own_encoder_without_its_width_is_refused(own_part):
    name = own_part(lambda image_shape: nn.Flatten())
    with pytest.raises(UserError, match=r"model\.encoder: 'own_part_of_a_test:part' has embedding_dim None"):
        build_encoder(ModelConfig(encoder=name).encoder, SHAPE)


def test_an_own_encoder_must_be_a_module(own_part):
    name = own_part(lambda image_shape: torch.flatten)
    with pytest.raises(UserError, match=r"return a torch\.nn\.Module"):
        build_encoder(ModelConfig(encoder=name).encoder, SHAPE)
