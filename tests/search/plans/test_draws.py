"""What a search is expected to draw."""

from collections import Counter
from typing import Any

from spreadtune.search.plans.draws import expected_draws
from spreadtune.spec.trial import TrialSpec
from tests.lab import Lab


def drawn(lab: Lab, count: int, space: dict[str, Any]) -> list[TrialSpec]:
    [variant] = lab.study(sampler="random", trials=count, space=space).variants()
    return expected_draws(variant, count)


def test_choices_come_equally_often_and_evenly_mixed(lab: Lab) -> None:
    space = {
        "model.head": {"choice": ["none", "linear", "mlp"]},
        "data.batch_size": {"int": [32, 64]},
        "objective.temperature": {"log_uniform": [0.1, 1]},
    }
    specs = drawn(lab, 12, space)
    assert Counter((spec.model.head, spec.data.batch_size) for spec in specs) == {
        (head, batch): 2 for head in ("none", "linear", "mlp") for batch in (32, 64)
    }
    few = drawn(lab, 3, space)  # fewer than combinations: the first choice does not take them all
    assert Counter(spec.model.head for spec in few) == {"none": 1, "linear": 1, "mlp": 1}


def test_a_branch_is_as_likely_as_its_condition_however_many_values_are_in_it(lab: Lab) -> None:
    space = {
        "model.head": {"choice": ["none", "mlp"]},
        "model.head_dim": {"choice": [8, 16, 32, 64], "when": {"model.head": "mlp"}},
    }
    assert Counter((spec.model.head, spec.model.head_dim) for spec in drawn(lab, 8, space)) == {
        ("none", 64): 4,
        ("mlp", 8): 1,
        ("mlp", 16): 1,
        ("mlp", 32): 1,
        ("mlp", 64): 1,
    }


def test_none_are_none(lab: Lab) -> None:
    [variant] = lab.study(space={}).variants()
    assert expected_draws(variant, 0) == []
