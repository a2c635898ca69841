"""Settings, further seeds and turns of adaptive searches."""

from typing import Any

import pytest

from spreadtune.search.plans import adaptive
from spreadtune.search.sampling.drawing import draw

TWO = {"model.decoder": {"choice": ["none", "conv"]}}


def test_new_settings_run_at_seed_0_and_duplicates_at_further_seeds(lab: Any) -> None:
    study = lab.study(sampler="tpe", trials=6, seeds=2, space=TWO)
    done = lab.run_all(lab.open(study))
    pairs = [(a.setting, a.seed) for a in done]
    assert len(pairs) == len(set(pairs)) == 6, "no extra trial appears, and no pair twice"
    assert {setting for setting, _ in pairs} == {0, 1}
    rows = lab.open(study)._books[0].rows
    first: dict[int, int] = {}
    seeds: dict[int, list[int]] = {0: [], 1: []}
    for number, row in sorted(rows.items()):
        assert row.record.duplicate_of == first.get(row.record.setting)
        first.setdefault(row.record.setting, number)
        seeds[row.record.setting].append(row.record.seed)
    assert all(of_setting == list(range(len(of_setting))) for of_setting in seeds.values()), "next unused, beyond seeds"


def test_a_duplicate_is_drawn_again_ten_times(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = []

    def counted(sampler: Any, *arguments: Any) -> Any:
        draws.append(sampler)
        return draw(sampler, *arguments)

    monkeypatch.setattr(adaptive, "draw", counted)
    ledger = lab.open(lab.study(sampler="random", trials=2, space={"model.decoder": {"choice": ["conv"]}}))
    lab.finish(ledger, ledger.next())
    assert len(draws) == 1
    ledger.next()
    assert len(draws) == 1 + 1 + 10
    assert len(set(draws[1:])) == 1, "from the same sampler, which goes on with its sequence"


def test_both_settings_are_found_before_a_seed_is_repeated(lab: Any) -> None:
    """Ten redraws of a fair coin miss the other side once in two thousand."""
    ledger = lab.open(lab.study(sampler="random", trials=2, space=TWO))
    assert {a.spec.model.decoder.name for a in lab.run_all(ledger)} == {"none", "conv"}


def test_a_setting_that_only_failed_is_no_duplicate(lab: Any) -> None:
    ledger = lab.open(lab.study(sampler="random", trials=3, space={"model.decoder": {"choice": ["conv"]}}))
    done = []
    for _ in range(3):
        done.append(ledger.next())
        ledger.settle(done[-1].number, error="vanished")
    assert [(a.setting, a.seed) for a in done] == [(0, 0), (0, 1), (0, 2)], "and no pair is held twice"
    assert all(row.record.duplicate_of is None for row in ledger._books[0].rows.values())


def test_variants_take_turns_and_each_has_its_trials(lab: Any) -> None:
    space = {"objective.alpha": {"uniform": [0, 1]}}
    variants = {"plain": {}, "warm": {"set": {"objective.temperature": 1.0}}}
    study = lab.study(sampler="random", trials=2, space=space, variants=variants)
    done = lab.run_all(lab.open(study))
    assert [(a.number, a.variant, a.setting) for a in done] == [
        (0, "plain", 0),
        (1, "warm", 0),
        (2, "plain", 1),
        (3, "warm", 1),
    ]
    assert done[0].spec.objective.alpha != done[1].spec.objective.alpha, "each variant has its own sequence"
    assert done[1].label == f"warm: alpha {done[1].spec.objective.alpha:.3g}, seed 0"


def test_more_trials_add_to_the_run(lab: Any) -> None:
    space = {"objective.alpha": {"uniform": [0, 1]}}
    lab.run_all(lab.open(lab.study(sampler="random", trials=1, space=space)))
    added = lab.run_all(lab.open(lab.study(sampler="random", trials=3, space=space)))
    assert [a.number for a in added] == [1, 2]


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_a_variant_without_a_space_repeats_its_one_setting(lab: Any, sampler: str) -> None:
    done = lab.run_all(lab.open(lab.study(sampler=sampler, trials=2, space={})))
    assert [(a.setting, a.seed) for a in done] == [(0, 0), (0, 1)]
