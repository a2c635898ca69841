"""Every loss against stored numbers: slow float64 loops (golden/losses.json) and two batches in the plane."""

import json
import math
from pathlib import Path

import pytest
import torch
from torch import Tensor

from spreadtune.objectives import Batch, class_conditional_infonce_loss, infonce_loss, spread_loss, supcon_loss
from spreadtune.objectives.joint import JointObjective

CASES = json.loads((Path(__file__).parents[1] / "golden" / "losses.json").read_text())["cases"]


@pytest.fixture(params=CASES, ids=lambda case: case["name"])
def case(request):
    return request.param


@pytest.fixture
def batch(case) -> dict:
    return {
        "embeddings": torch.tensor(case["embeddings"], dtype=torch.float64),
        "labels": torch.tensor(case["labels"]),
        "temperature": case["temperature"],
    }


@pytest.mark.parametrize("pairs", ["cross_view", "all"])
@pytest.mark.parametrize("denominator", ["negatives", "all"])
def test_supcon(case, batch, pairs, denominator):
    loss = supcon_loss(**batch, pairs=pairs, denominator=denominator)
    assert loss.item() == pytest.approx(case[pairs][f"supcon_denominator_{denominator}"], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("pairs", ["cross_view", "all"])
def test_class_conditional_infonce(case, batch, pairs):
    loss = class_conditional_infonce_loss(**batch, pairs=pairs)
    assert loss.item() == pytest.approx(case[pairs]["class_conditional_infonce"], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("pairs", ["cross_view", "all"])
@pytest.mark.parametrize("as_tensor", [False, True])
def test_spread(case, batch, pairs, as_tensor):
    for alpha, expected in case[pairs]["spread_loss_denominator_negatives"].items():
        weight = torch.tensor(float(alpha)) if as_tensor else float(alpha)
        loss = spread_loss(**batch, alpha=weight, pairs=pairs)
        assert loss.item() == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_infonce(case, batch):
    loss = infonce_loss(batch["embeddings"], temperature=batch["temperature"])
    assert loss.item() == pytest.approx(case["infonce_all_views"], rel=1e-9)


def in_plane(degrees: list[list[float]]) -> Tensor:
    """Angles, image by image and view by view, to unit vectors (views, batch, 2)."""
    angles = torch.tensor(degrees, dtype=torch.float64).T * (math.pi / 180)
    return torch.stack([angles.cos(), angles.sin()], dim=-1)


A = in_plane([[0, 0], [90, 90]]), torch.tensor([0, 1])
B = in_plane([[0, 10], [40, 60], [180, 170], [270, 240]]), torch.tensor([0, 0, 1, 1])


@pytest.mark.parametrize(
    ("pairs", "denominator", "of_a", "of_b"),
    [
        ("all", "negatives", 0.239545, 0.380808),
        ("all", "all", 0.239545, 1.385490),
        ("cross_view", "negatives", 0.126928, 0.179274),
        ("cross_view", "all", 0.126928, 0.932725),
    ],
)
def test_supcon_in_the_plane(pairs, denominator, of_a, of_b):
    for batch, expected in ((A, of_a), (B, of_b)):
        loss = supcon_loss(*batch, temperature=0.5, pairs=pairs, denominator=denominator)
        assert loss.item() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("pairs", "of_b"), [("cross_view", 0.349784), ("all", 0.595151)])
def test_class_conditional_infonce_in_the_plane(pairs, of_b):
    for batch, expected in ((A, 0.0), (B, of_b)):
        loss = class_conditional_infonce_loss(*batch, temperature=0.5, pairs=pairs)
        assert loss.item() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("pairs", "of_a", "of_b"), [("cross_view", 0.063464, 0.264529), ("all", 0.119772, 0.487979)])
def test_spread_in_the_plane(pairs, of_a, of_b):
    for batch, expected in ((A, of_a), (B, of_b)):
        loss = spread_loss(*batch, alpha=0.5, temperature=0.5, pairs=pairs)
        assert loss.item() == pytest.approx(expected, abs=1e-6)


def test_infonce_in_the_plane():
    assert infonce_loss(A[0], temperature=0.5).item() == pytest.approx(math.log(math.exp(2) + 2) - 2)
    assert infonce_loss(B[0], temperature=0.5).item() == pytest.approx(0.700917, abs=1e-6)


@pytest.mark.parametrize(("degrees", "labels", "expected"), [
    ([[0, 0], [90, 90]], [0, 1], 0.239545),
    ([[0, 10], [40, 60], [180, 170], [270, 240]], [0, 0, 1, 1], 1.043204),
])  # fmt: skip
def test_joint(degrees, labels, expected):
    """Half SupCon over all pairs and half InfoNCE, temperature 0.5, of the two batches in the plane."""
    embeddings = in_plane(degrees)
    pixels = torch.zeros(*embeddings.shape[:2], 1, 8, 8)
    objective = JointObjective(infonce_weight=0.5, temperature=0.5, pairs="all", denominator="all")
    batch = Batch(embeddings, embeddings, torch.tensor(labels), pixels, pixels)
    assert objective.total(objective(batch)).item() == pytest.approx(expected, abs=1e-6)
