"""The grid's order, its conditions, its seeds."""

import itertools
from typing import Any

from spreadtune.search.sampling.settings import grid_settings
from spreadtune.spec.variant import Variant

TWO = {"objective.temperature": {"grid": [0.1, 0.5]}, "objective.alpha": {"grid": [0, 0.5, 1]}}


def pairs(assignments: Any) -> list[tuple[str, int, int]]:
    return [(a.variant, a.setting, a.seed) for a in assignments]


def variant_of(lab: Any, **search: Any) -> Variant:
    variant: Variant = lab.study(**search).variants()[0]
    return variant


def test_the_last_path_varies_fastest(lab: Any) -> None:
    listed = [tuple(values.values()) for values in grid_settings(variant_of(lab, space=TWO))]
    assert listed == list(itertools.product([0.1, 0.5], [0, 0.5, 1]))


def test_an_unmet_condition_makes_one_setting_of_several(lab: Any) -> None:
    space = {
        "objective.autoencoder_weight": {"grid": [0.1, 1, 10], "when": {"model.decoder": "conv"}},
        "model.decoder": {"grid": ["none", "conv"]},
    }
    listed = list(grid_settings(variant_of(lab, space=space)))
    assert listed.count({"model.decoder": "none"}) == 1
    assert len(listed) == 4


def test_the_order_is_seed_variant_setting(lab: Any) -> None:
    study = lab.study(
        seeds=2,
        space={"objective.alpha": {"grid": [0, 1]}},
        variants={"plain": {}, "warm": {"set": {"objective.temperature": 1.0}}},
    )
    done = lab.run_all(lab.open(study))
    assert pairs(done) == [(v, s, seed) for seed in (0, 1) for v in ("plain", "warm") for s in (0, 1)]
    assert [a.number for a in done] == list(range(8))
    assert len({a.folder.path for a in done}) == 8


def test_an_interrupted_grid_is_balanced_and_goes_on(lab: Any) -> None:
    study = lab.study(seeds=3, space=TWO)
    ledger = lab.open(study)
    first = [ledger.next() for _ in range(8)]
    for assignment in first:
        lab.finish(ledger, assignment)
    assert pairs(first)[:6] == [("main", setting, 0) for setting in range(6)]
    rest = lab.run_all(lab.open(study))
    assert sorted(pairs(first) + pairs(rest)) == [("main", s, seed) for s in range(6) for seed in range(3)]


def test_more_seeds_add_to_the_run(lab: Any) -> None:
    alphas = {"objective.alpha": {"grid": [0, 1]}}
    lab.run_all(lab.open(lab.study(seeds=1, space=alphas)))
    added = lab.run_all(lab.open(lab.study(seeds=2, space=alphas)))
    assert pairs(added) == [("main", 0, 1), ("main", 1, 1)]


def test_a_trial_is_the_file_with_the_values_filled_in(lab: Any) -> None:
    assignment = lab.open(lab.study(seed=7, space=TWO)).next()
    assert assignment.spec.objective.temperature == 0.1
    assert assignment.spec.objective.alpha == 0
    assert (assignment.spec.seed.study, assignment.spec.seed.stage, assignment.spec.seed.index) == (7, "search", 0)
    assert assignment.folder.spec_file.exists()
    assert assignment.label == "temperature 0.1, alpha 0, seed 0"
