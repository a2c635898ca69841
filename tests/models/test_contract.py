"""The contract of encoders, for every encoder of the package and one of a user's, each at the shapes it may meet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import nn

from spreadtune.spec.model import ENCODERS
from spreadtune.testing import EncoderContract

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
        *(
            Case({"name": "lipschitz", "width": 8, "embedding_dim": 24}, 24, shape)
            for shape in (GREY_8, COLOUR_32, ODD)
        ),
        Case({"name": "own", "embedding_dim": 24}, 24, GREY_8),
    ]


def tried() -> list[Any]:
    """All cases, those that take long with the slow tests."""
    large = {("resnet50", GREY_8), ("resnet18", COLOUR_64), ("lipschitz", COLOUR_32), ("lipschitz", ODD)}
    return [
        pytest.param(case, id=str(case), marks=pytest.mark.slow if (case.part["name"], case.shape) in large else ())
        for case in cases()
    ]


def test_every_encoder_of_the_package_is_tried():
    assert set(ENCODERS.names) <= {case.part["name"] for case in cases()}


class TestEncoders(EncoderContract):
    @pytest.fixture(autouse=True, params=tried())
    def case(self, request: pytest.FixtureRequest, own_part: Callable[..., str]) -> Case:
        case: Case = request.param
        self.part = case.part | ({"name": own_part(FlatEncoder)} if case.part["name"] == "own" else {})
        self.image_shape = case.shape
        self.batch_statistics = case.batch_norm
        return case

    def test_its_width_is_the_one_asked_for(self, case: Case) -> None:
        assert self.build().embedding_dim == case.width

    def test_convolutions_lie_channels_last_and_stay_so(self) -> None:
        """A matter of speed, which one's own encoder may leave."""
        encoder = self.build()
        encoder.load_state_dict({name: value.contiguous() for name, value in encoder.state_dict().items()})
        for name, parameter in encoder.named_parameters():
            if parameter.dim() == 4:
                assert parameter.is_contiguous(memory_format=torch.channels_last), name

    def test_without_batch_norm_a_part_of_a_batch_trains_as_in_the_whole(self, case: Case) -> None:
        encoder, images = self.build(), self.inputs()
        running = any("running" in name for name, _ in encoder.named_buffers())
        assert running == case.batch_norm
        if not running:
            torch.testing.assert_close(encoder(images[1:3]), encoder(images)[1:3], rtol=1e-4, atol=1e-5)
