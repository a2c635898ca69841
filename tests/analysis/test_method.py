"""What a setting trains with, under its right name."""

from typing import Any

import pytest

from spreadtune.analysis.method import method, method_with_scheme, without_weights
from spreadtune.spec.objective import is_supcon
from spreadtune.spec.study import Study
from spreadtune.spec.trial import TrialSpec


def spec(objective: dict[str, Any], model: dict[str, Any] | None = None) -> TrialSpec:
    values = {
        "data": {"dataset": "digits", "augmentation": "grey"},
        "model": {"encoder": "convnet", "decoder": "conv"} | (model or {}),
        "objective": objective,
        "training": {"epochs": 1},
    }
    body = Study.from_values(values, name="tiny", source="tiny").file_values()
    return TrialSpec.model_validate(body | {"seed": {"study": 0, "stage": "search", "index": 0}})


@pytest.mark.parametrize(
    ("objective", "name", "supcon"),
    [
        ({"name": "spread"}, "SupCon", True),
        ({"name": "spread", "temperature": 0.1, "pairs": "all", "denominator": "all"}, "SupCon", True),
        ({"name": "spread", "autoencoder_weight": 4.2}, "SupCon + reconstruction", False),
        ({"name": "spread", "alpha": 0.3}, "spread loss", False),
        ({"name": "spread", "alpha": 0.3, "autoencoder_weight": 1}, "spread loss + reconstruction", False),
        ({"name": "spread", "alpha": 1}, "class-conditional InfoNCE", False),
        ({"name": "spread", "positive_logit_clamp": 1}, "SupCon, positive logits clamped at 1", False),
        ({"name": "supcon_khosla"}, "SupCon", True),
        ({"name": "infonce"}, "InfoNCE", False),
        ({"name": "joint"}, "SupCon + InfoNCE", False),
        ({"name": "joint", "infonce_weight": 1}, "InfoNCE", False),
        ({"name": "cross_entropy", "autoencoder_weight": 1}, "cross-entropy + reconstruction", False),
        ({"name": "tests.own_parts:margin"}, "tests.own_parts:margin", False),
    ],
)
def test_a_loss_has_its_name_and_only_alpha_0_without_reconstruction_is_supcon(
    objective: dict[str, Any], name: str, supcon: bool
) -> None:
    assert method(spec(objective)) == name
    assert is_supcon(spec(objective).objective) == supcon


def test_the_scheme_is_named_where_there_is_one() -> None:
    khosla = spec({"name": "spread", "pairs": "all", "denominator": "all"})
    assert method_with_scheme(khosla) == "SupCon (pairs all, denominator all)"
    assert method_with_scheme(spec({"name": "supcon_khosla"})) == method_with_scheme(khosla)
    assert method_with_scheme(spec({"name": "cross_entropy"})) == "cross-entropy"


def test_apart_from_the_weights_a_setting_and_its_supcon_are_equal() -> None:
    spread = spec({"name": "spread", "alpha": 0.6, "autoencoder_weight": 3, "temperature": 0.2})
    supcon = spec({"name": "spread", "temperature": 0.2}, {"decoder": "none"})
    assert without_weights(spread) == without_weights(supcon) == supcon
    assert without_weights(spec({"name": "spread", "temperature": 0.3})) != supcon
    assert without_weights(spec({"name": "spread", "temperature": 0.2, "pairs": "all"})) != supcon
