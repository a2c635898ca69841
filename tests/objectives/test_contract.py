"""The contract of objectives, for every objective of the package at telling values, and some of a user's."""

from typing import Any

import pytest
from torch import nn

from spreadtune.objectives import Objective
from spreadtune.objectives.reconstruction import with_reconstruction
from spreadtune.objectives.spread import SpreadObjective
from spreadtune.spec.objective import OBJECTIVES
from spreadtune.testing import ObjectiveContract

SCHEMES = [{"pairs": pairs, "denominator": with_} for pairs in ("cross_view", "all") for with_ in ("negatives", "all")]
PARTS: list[dict[str, Any]] = [
    *({"name": "spread", "alpha": 0.3, "temperature": 0.2} | scheme for scheme in SCHEMES),
    {"name": "spread", "alpha": 0, "temperature": 0.1},
    {"name": "spread", "alpha": 1, "temperature": 0.1},
    {"name": "spread", "alpha": 0.3, "temperature": 0.2, "positive_logit_clamp": 1},
    {"name": "supcon_khosla", "temperature": 0.2},
    *({"name": "joint", "infonce_weight": 0.3, "temperature": 0.2} | scheme for scheme in SCHEMES),
    {"name": "infonce", "temperature": 0.2},
    {"name": "cross_entropy"},
    {"name": "tests.own_parts:Brightness"},
]


def test_every_objective_of_the_package_is_tried():
    assert set(OBJECTIVES.names) <= {part["name"] for part in PARTS}


class TestObjectives(ObjectiveContract):
    @pytest.fixture(autouse=True, params=PARTS, ids=lambda part: " ".join(map(str, part.values())))
    def given(self, request):
        self.part = request.param


class TestWithReconstruction(ObjectiveContract):
    """The term that any objective can be joined with, told the class and not."""

    @pytest.fixture(autouse=True, params=[False, True], ids=["not told", "told the class"])
    def given(self, request):
        self.told = request.param

    def build(self) -> Objective:
        told = nn.Embedding(3, 2) if self.told else None
        width = self.embedding_dim + (told.embedding_dim if told else 0)
        decoder = nn.Sequential(nn.Linear(width, 64), nn.Sigmoid(), nn.Unflatten(1, (1, 8, 8)))
        return with_reconstruction(SpreadObjective(alpha=0.3, temperature=0.2), decoder, 2.0, class_embedding=told)
