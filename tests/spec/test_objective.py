"""What objectives declare of themselves."""

from typing import Any

import pytest
import torch
from pydantic import ValidationError

from spreadtune.objectives import Batch, Objective
from spreadtune.spec.objective import OBJECTIVES, OwnObjective
from spreadtune.theory import Scheme, SpreadLoss
from tests.small_trial import small_trial

NAMES = OBJECTIVES.names


def objective(**values: Any) -> Any:
    return small_trial({"objective": values}).objective


def built(name: str) -> Objective:
    found: Objective = OBJECTIVES.build(objective(name=name), 6, 3)
    return found


def batch(classes: list[int]) -> Batch:
    embeddings = torch.randn(2, 6, 6, generator=torch.Generator().manual_seed(0))
    pixels = torch.zeros(2, 6, 1, 8, 8)
    return Batch(embeddings, embeddings, torch.tensor(classes), pixels, pixels)


@pytest.mark.parametrize("name", NAMES)
def test_config_and_module_declare_the_same(name: str) -> None:
    assert objective(name=name).uses_labels == built(name).uses_labels


@pytest.mark.parametrize("name", NAMES)
def test_labels_enter_exactly_where_it_is_declared(name: str) -> None:
    torch.manual_seed(0)
    module = built(name)
    one, other = (module.total(module(batch(classes))) for classes in ([0, 0, 1, 1, 2, 2], [0, 1, 2, 0, 1, 2]))
    assert torch.equal(one, other) != objective(name=name).uses_labels


@pytest.mark.parametrize("name", NAMES)
def test_a_ceiling_sees_labels(name: str) -> None:
    """Whatever its weights: at an InfoNCE weight of 1 the joint objective itself would not."""
    config = objective(**{"name": name} | ({"infonce_weight": 1.0} if name == "joint" else {})).supervised()
    torch.manual_seed(0)
    module = OBJECTIVES.build(config, 6, 3)
    one, other = (module.total(module(batch(classes))) for classes in ([0, 0, 1, 1, 2, 2], [0, 1, 2, 0, 1, 2]))
    assert not torch.equal(one, other)


def test_the_theory_is_that_of_the_spread_loss() -> None:
    spread = objective(name="spread", alpha=0.6, temperature=0.2, pairs="all", denominator="all")
    assert spread.spread_loss(3) == SpreadLoss(0.6, Scheme(0.2, "all", "all", 3))
    assert objective(name="supcon_khosla", temperature=0.2).spread_loss(2) == SpreadLoss(
        0, Scheme(0.2, "all", "all", 2)
    )
    others = [name for name in NAMES if name not in ("spread", "supcon_khosla")]
    assert all(objective(name=name).spread_loss(2) is None for name in others)


def test_a_clamp_has_no_theory_and_stays_out_of_files_and_of_the_ceiling() -> None:
    clamped = objective(name="spread", alpha=0.5, positive_logit_clamp=1)
    assert clamped.spread_loss(2) is None
    assert clamped.supervised() == objective(name="spread")
    assert "positive_logit_clamp" not in objective(name="spread").model_dump()
    with pytest.raises(ValidationError, match="positive_logit_clamp"):
        objective(name="spread", positive_logit_clamp=0)


@pytest.mark.parametrize(
    "values", [{"alpha": 0.1}, {"pairs": "cross_view"}, {"denominator": "negatives"}, {"positive_logit_clamp": 1}]
)
def test_supcon_of_khosla_is_one_loss(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(values))):
        objective(name="supcon_khosla", **values)


def test_an_objective_of_ones_own_says_whether_it_uses_labels() -> None:
    assert objective(name="tests.own_parts:Pull").uses_labels
    blind = objective(name="tests.own_parts:Brightness")
    assert isinstance(blind, OwnObjective)
    assert not blind.uses_labels
    assert blind.spread_loss(2) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"name": "spread", "alpha": 0.7, "temperature": 0.2}, {"name": "spread", "temperature": 0.2}),
        ({"name": "cross_entropy"}, {"name": "cross_entropy"}),
        ({"name": "infonce", "temperature": 0.3}, {"name": "spread", "temperature": 0.3}),
        ({"name": "joint", "infonce_weight": 1.0}, {"name": "joint", "infonce_weight": 0.0}),
        ({"name": "tests.own_parts:Brightness", "temperature": "warm"}, {"name": "spread"}),
        ({"name": "tests.own_parts:Brightness"}, {"name": "spread"}),
        ({"name": "tests.own_parts:Pull"}, {"name": "tests.own_parts:Pull"}),
    ],
)  # fmt: skip
def test_a_ceiling_is_trained_with_labels(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert objective(**given).supervised() == objective(**expected)


def test_a_ceiling_has_no_reconstruction_term() -> None:
    decoder = {"model.decoder": "conv", "objective": {"name": "spread", "autoencoder_weight": 4.0}}
    assert small_trial(decoder).objective.supervised().autoencoder_weight == 0
