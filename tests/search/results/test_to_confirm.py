"""Which settings a confirmation trains anew."""

from typing import Any

import pytest

from spreadtune.search.results.choice import choose
from spreadtune.search.results.to_confirm import expected_settings, settings_to_confirm
from spreadtune.search.storage.record import Record, Row, Rows
from spreadtune.spec.study import Study

ALPHAS = {"objective.alpha": {"grid": [0, 0.5, 1]}}
WEIGHTS = {"objective.autoencoder_weight": {"grid": [0, 5]}}
SUPCON = {"objective.alpha": 0, "objective.autoencoder_weight": 0}


def study(space: dict[str, Any], variants: dict[str, Any], sampler: str = "grid") -> Study:
    values = {
        "data": {"dataset": "digits", "augmentation": "grey"},
        "model": {"encoder": "convnet", "decoder": "conv"},
        "objective": {"name": "spread"},
        "training": {"epochs": 1},
        "search": {"space": space, "variants": variants, "sampler": sampler, "confirm": {"seeds": 2}}
        | ({} if sampler == "grid" else {"trials": 3}),
    }
    return Study.from_values(values, name="tiny", source="tiny")


def rows(*settings: tuple[dict[str, Any], float]) -> Rows:
    """A finished trial of each of these values, with its transfer accuracy."""
    return {
        number: Row(Record(number, number, 0, values=values), state="COMPLETE", metrics={"transfer_accuracy": transfer})
        for number, (values, transfer) in enumerate(settings)
    }


def chosen(of: Study, **searched: Rows) -> dict[str, list[int]]:
    found = settings_to_confirm(of, choose(searched, of.search.selection))
    return {variant: [each.setting for each in settings] for variant, settings in found.items()}


def alpha(value: float, **more: float) -> dict[str, Any]:
    return {"objective.alpha": value} | {f"objective.{name}": each for name, each in more.items()}


def test_the_best_supcon_stands_beside_the_best() -> None:
    of = study(ALPHAS | {"objective.temperature": {"grid": [0.1, 0.5]}}, {})
    settings = [(alpha(0, temperature=0.5), 0.90), (alpha(0, temperature=0.1), 0.95), (alpha(1, temperature=0.5), 0.98)]
    assert chosen(of, main=rows(*settings)) == {"main": [2, 1]}


def test_where_supcon_is_the_best_it_is_alone() -> None:
    assert chosen(study(ALPHAS, {}), main=rows((alpha(0), 0.99), (alpha(1), 0.98))) == {"main": [0]}


def test_alpha_0_with_reconstruction_is_no_baseline() -> None:
    of = study(ALPHAS | WEIGHTS, {})
    settings = [(alpha(0, autoencoder_weight=5), 0.97), (alpha(0, autoencoder_weight=0), 0.9), (alpha(1), 0.98)]
    assert chosen(of, main=rows(*settings)) == {"main": [2, 1]}


def test_a_variant_s_best_that_trains_the_same_is_enough_and_a_better_one_elsewhere_is_not_left_out() -> None:
    of = study(ALPHAS, {"spread": {}, "supcon": {"set": SUPCON}})
    same = rows((alpha(0), 0.95), (alpha(1), 0.98))
    assert chosen(of, spread=same, supcon=rows(({}, 0.95))) == {"spread": [1], "supcon": [0]}
    khosla = {"set": SUPCON | {"objective.pairs": "all", "objective.denominator": "all"}}
    of = study(ALPHAS, {"spread": {}, "khosla": khosla})
    assert chosen(of, spread=same, khosla=rows(({}, 0.93))) == {"spread": [1, 0], "khosla": [0]}
    assert chosen(of, spread=same, khosla=rows(({}, 0.96))) == {"spread": [1], "khosla": [0]}


def test_without_supcon_only_the_best_are_confirmed() -> None:
    assert chosen(study(ALPHAS, {}), main=rows((alpha(0.5), 0.97), (alpha(1), 0.98))) == {"main": [1]}


@pytest.mark.parametrize(
    ("space", "variants", "sampler", "expected"),
    [
        (ALPHAS, {}, "grid", {"main": 2}),
        ({"objective.alpha": {"grid": [0.5, 1]}}, {}, "grid", {"main": 1}),
        (ALPHAS, {"spread": {}, "supcon": {"set": SUPCON}}, "grid", {"spread": 1, "supcon": 1}),
        (ALPHAS | WEIGHTS, {"spread": {}, "weighted": {"set": {"objective.alpha": 0}}}, "grid",
         {"spread": 2, "weighted": 1}),
        ({"objective.alpha": {"uniform": [0, 1]}}, {}, "tpe", {"main": 1}),
        ({"objective.alpha": {"choice": [0, 1]}}, {"a": {}, "b": {}}, "tpe", {"a": 2, "b": 1}),
    ],
)  # fmt: skip
def test_how_many_there_will_be_is_told_before_the_search(
    space: dict[str, Any], variants: dict[str, Any], sampler: str, expected: dict[str, int]
) -> None:
    assert expected_settings(study(space, variants, sampler)) == expected
