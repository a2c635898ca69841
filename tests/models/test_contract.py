"""What every encoder must keep, whoever wrote it."""

import io
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import nn

from spreadtune.models import Encoder, build_encoder
from spreadtune.spec.model import ModelConfig

GREY_8, GREY_28, COLOUR_32, COLOUR_64, ODD = (1, 8, 8), (1, 28, 28), (3, 32, 32), (3, 64, 64), (3, 12, 20)
TINY_VIT = {"name": "vit", "depth": 2, "width": 24, "heads": 3}


class FlatEncoder(nn.Module):
    """Inherits nothing of the package."""

    def __init__(self, image_shape, embedding_dim):
        super().__init__()
        self.embedding_dim = embedding_dim
        channels, height, width = image_shape
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(channels * height * width, embedding_dim))

    def forward(self, images):
        return self.layers(images)


@dataclass(frozen=True)
class Case:
    part: dict[str, Any]
    width: int
    shape: tuple[int, int, int]

    @property
    def batch_norm(self) -> bool:
        return self.part["name"] in ("convnet", "resnet18", "resnet50") and self.part.get("norm") != "group"

    def __str__(self) -> str:
        values = ", ".join(f"{key} {value}" for key, value in self.part.items() if key != "name")
        return f"{self.part['name']} ({values}) {'x'.join(map(str, self.shape))}"


def cases() -> list[Case]:
    """Every encoder of the package and one of a user's, each at the shapes it may meet."""
    small = {"name": "convnet", "embedding_dim": 24, "width": 12}
    return [
        *(Case(small, 24, shape) for shape in (GREY_8, GREY_28, COLOUR_32, COLOUR_64, ODD)),
        *(Case(small | {"norm": "group"}, 24, shape) for shape in (GREY_8, COLOUR_32)),
        *(Case(small | {"stride": 2}, 24, shape) for shape in (GREY_8, GREY_28, COLOUR_32, ODD)),
        *(Case({"name": "resnet18"}, 512, shape) for shape in (GREY_8, COLOUR_32, COLOUR_64, ODD)),
        *(Case({"name": "resnet18", "norm": "group"}, 512, shape) for shape in (GREY_28, COLOUR_64)),
        *(Case({"name": "resnet50", "norm": norm}, 2048, GREY_8) for norm in ("batch", "group")),
        *(Case(TINY_VIT, 24, shape) for shape in (GREY_8, GREY_28, COLOUR_32, ODD)),
        Case(TINY_VIT | {"patch": 8}, 24, COLOUR_64),
        Case({"name": "vit"}, 256, COLOUR_32),
        Case({"name": "own", "embedding_dim": 24}, 24, GREY_8),
    ]


@pytest.fixture(params=cases(), ids=str)
def case(request) -> Case:
    return request.param


@pytest.fixture
def build(case, own_part):
    part = case.part | ({"name": own_part(FlatEncoder)} if case.part["name"] == "own" else {})

    def build(seed: int = 0) -> Encoder:
        torch.manual_seed(seed)
        return build_encoder(ModelConfig(encoder=part).encoder, case.shape)

    return build


@pytest.fixture
def images(case) -> torch.Tensor:
    return torch.rand(4, *case.shape, generator=torch.Generator().manual_seed(0))


def test_embeddings_are_float_rows_of_the_stated_width(build, case, images):
    encoder = build()
    embeddings = encoder(images)
    assert encoder.embedding_dim == case.width
    assert embeddings.shape == (4, case.width)
    assert embeddings.dtype == torch.float32
    assert embeddings.isfinite().all()


def test_the_gradient_reaches_every_parameter(build, images):
    encoder = build()
    encoder(images).square().sum().backward()
    for name, parameter in encoder.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.any(), name


def test_evaluation_treats_every_image_for_itself_and_leaves_no_trace(build, images):
    encoder = build()
    encoder(images)  # gives running statistics values of their own
    encoder.eval()
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    with torch.no_grad():
        together = encoder(images)
        for alone in (images[1:3], images[2:3]):  # one image is a batch too
            rows = slice(1, 3) if len(alone) == 2 else slice(2, 3)
            torch.testing.assert_close(encoder(alone), together[rows], rtol=1e-4, atol=1e-5)
        assert torch.equal(encoder(images), together)
    for name, value in encoder.state_dict().items():
        assert torch.equal(value, before[name]), name


def test_the_graph_does_not_change_what_evaluation_sees(build, images):
    encoder = build().eval()
    with_graph = encoder(images)
    with torch.no_grad():
        assert torch.equal(encoder(images), with_graph)


def test_a_saved_state_gives_the_same_embeddings(build, images):
    trained, fresh = build(seed=0), build(seed=1)
    trained(images)
    file = io.BytesIO()
    torch.save(trained.state_dict(), file)
    file.seek(0)
    assert not torch.equal(trained.eval()(images), fresh.eval()(images))
    fresh.load_state_dict(torch.load(file, weights_only=True))
    assert torch.equal(trained(images), fresh(images))


def test_the_seed_decides_the_initialization(build):
    one, same, other = (build(seed).state_dict() for seed in (5, 5, 6))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not all(torch.equal(one[name], other[name]) for name in one)


def test_convolutions_lie_channels_last_and_stay_so(build):
    encoder = build()
    encoder.load_state_dict({name: value.contiguous() for name, value in encoder.state_dict().items()})
    for name, parameter in encoder.named_parameters():
        if parameter.dim() == 4:
            assert parameter.is_contiguous(memory_format=torch.channels_last), name


def test_bfloat16_gives_nearly_the_same(build, images):
    encoder = build().eval()
    exact = encoder(images)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        embeddings = encoder(images).float()
    embeddings.square().sum().backward()
    assert all(parameter.grad.isfinite().all() for parameter in encoder.parameters())
    error = (embeddings - exact).norm() / exact.norm()
    assert error < 0.05


@pytest.mark.parametrize("case", [case for case in cases() if not case.batch_norm], ids=str, indirect=True)
def test_without_batch_norm_training_too_treats_every_image_for_itself(build, images):
    encoder = build()
    assert not any("running" in name for name, _ in encoder.named_buffers())
    torch.testing.assert_close(encoder(images[1:3]), encoder(images)[1:3], rtol=1e-4, atol=1e-5)
