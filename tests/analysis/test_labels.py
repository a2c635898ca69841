"""Names of variants and settings."""

from typing import Any

import pytest

from spreadtune.analysis.labels import variant_names
from spreadtune.spec.trial import TrialSpec
from tests.analysis.test_method import spec

SPREAD = {"name": "spread", "alpha": 0.3}
SUPCON = {"name": "spread"}
KHOSLA = {"name": "spread", "pairs": "all", "denominator": "all"}
WEIGHTED = {"name": "spread", "autoencoder_weight": 4.2}


def names(**objectives: list[dict[str, Any]]) -> dict[str, str]:
    specs: dict[tuple[str, int], TrialSpec] = {
        (variant, setting): spec(objective)
        for variant, found in objectives.items()
        for setting, objective in enumerate(found)
    }
    return variant_names(specs)


@pytest.mark.parametrize(
    ("objectives", "expected"),
    [
        ({"spread": [SPREAD, SUPCON], "supcon": [SUPCON]}, {"spread": "spread", "supcon": "supcon"}),
        ({"spread": [SPREAD], "supcon": [WEIGHTED]}, {"spread": "spread", "supcon": "supcon, SupCon + reconstruction"}),
        ({"supcon": [WEIGHTED, SUPCON]}, {"supcon": "supcon"}),
        ({"plain": [SUPCON]}, {"plain": "plain, SupCon"}),
        (
            {"spread": [SPREAD], "supcon": [SUPCON], "supcon_khosla": [KHOSLA]},
            {
                "spread": "spread",
                "supcon": "supcon, SupCon of pairs cross_view and denominator negatives",
                "supcon_khosla": "supcon_khosla, SupCon of pairs all and denominator all",
            },
        ),
    ],
)
def test_a_variant_at_alpha_0_throughout_is_called_by_its_loss(
    objectives: dict[str, list[dict[str, Any]]], expected: dict[str, str]
) -> None:
    assert names(**objectives) == expected
