"""What the best setting gains over SupCon, word by word."""

from typing import Any

import pytest

from spreadtune.analysis.results import Results
from tests.analysis.temperatures import SEARCH, TRANSFER, temperatures

SPACE = "space: {objective.temperature: {grid: [0.1, 0.5]}, objective.alpha: {grid: [0, 0.62, 1]}}"


def lines(results: Results) -> list[str]:
    return results.answer().splitlines()


def test_the_gain_over_the_best_supcon_comes_first_then_that_at_equal_values_then_the_cost(new_run: Any) -> None:
    # Half-widths by hand from the differences .030, .022, .028 and .080, .072, .073; p: see the test of gains.
    assert lines(temperatures(new_run).write())[:4] == [
        "Best setting: alpha 0.62, temperature 0.5. Its transfer accuracy is 0.982 +- 0.005 (3 seeds, 95% interval).",
        "Against the best of 2 SupCon settings (alpha 0, temperature 0.1; pairs cross_view, denominator negatives: "
        "0.956 +- 0.015) the paired difference is +0.027 +- 0.010 (3 shared seeds); the interval excludes 0, p = 0.024 "
        "after Holm's correction for the 4 settings compared with it.",
        "Against the SupCon with all else equal (alpha 0, temperature 0.5: 0.907 +- 0.016) the paired difference is "
        "+0.075 +- 0.011 (3 shared seeds); the interval excludes 0.",
        "Its class accuracy is 0.959 +- 0.002; minus the best SupCon's in pairs -0.031 +- 0.002.",
    ]


def test_below_three_seeds_nothing_has_an_interval_or_a_test(new_run: Any) -> None:
    found = lines(temperatures(new_run, seeds=2).write())
    assert found[1].endswith("the paired difference is +0.026 (2 shared seeds: no interval).")
    assert found[2].endswith("the paired difference is +0.076 (2 shared seeds: no interval).")


def test_an_interval_around_zero_is_said_to_include_it(new_run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TRANSFER, (0.1, 0.0), (0.96, 0.99, 0.985))
    assert "the interval does not exclude 0, p =" in lines(temperatures(new_run).write())[1]


def test_supcon_itself_may_win(new_run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TRANSFER, (0.1, 0.0), (0.99, 0.991, 0.992))
    found = lines(temperatures(new_run).write())
    assert found[1] == (
        "That is SupCon itself (alpha 0, temperature 0.1; pairs cross_view, denominator negatives): no other setting "
        "did better."
    )
    assert "class accuracy" not in found[2]


def test_the_best_supcon_may_be_the_one_with_all_else_equal(new_run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TRANSFER, (0.5, 0.0), (0.97, 0.971, 0.972))
    found = lines(temperatures(new_run).write())
    assert "(alpha 0, temperature 0.5;" in found[1]
    assert found[2] == "That SupCon has all else equal to it, so this is the difference at equal values, too."


def test_a_search_has_no_supcon_with_all_else_equal(variants: Results) -> None:
    found = lines(variants)
    assert "the one SupCon setting (variant supcon (alpha 0, temperature 0.5);" in found[1]
    assert found[2] in (
        "No SupCon that has all else equal to it (alpha 0 and no reconstruction term) was trained.",
        "That SupCon has all else equal to it, so this is the difference at equal values, too.",
    )


def test_a_label_that_names_the_scheme_is_enough(new_run: Any) -> None:
    khosla = "set: {objective.alpha: 0, objective.pairs: all, objective.denominator: all}"
    run = temperatures(
        new_run, search=f"\nsearch: {{seeds: 3, {SPACE}, variants: {{main: {{}}, supcon_khosla: {{{khosla}}}}}}}\n"
    )
    for seed in range(3):
        cells = {"params": {"objective.temperature": 0.1}, "metric.transfer_accuracy": 0.97}
        run.trial(0, seed, variant="supcon_khosla", alpha=0.0, **cells)
    assert (
        "Against the best of 3 SupCon settings (variant supcon_khosla, SupCon of pairs all and denominator all (alpha "
        "0, temperature 0.1): 0.970 +- 0.000)" in lines(run.write())[1]
    )


def test_a_variant_of_that_name_with_reconstruction_is_no_baseline(new_run: Any) -> None:
    weighted = "supcon: {set: {objective.alpha: 0, objective.autoencoder_weight: 4.2}}"
    run = new_run(f"\nsearch: {{seeds: 3, {SPACE}, variants: {{spread: {{}}, {weighted}}}}}\n")
    for seed in range(3):
        params = {"objective.temperature": 0.1}
        run.trial(1, seed, variant="supcon", alpha=0.0, params=params, **{"metric.transfer_accuracy": 0.95})
        params |= {"objective.alpha": 0.62}
        run.trial(0, seed, variant="spread", alpha=0.62, params=params, **{"metric.transfer_accuracy": 0.98})
    found = lines(run.write())
    assert found[1] == (
        "There is no SupCon baseline in this run: no finished setting has alpha 0 and no reconstruction term. What has "
        "alpha 0 is SupCon + reconstruction."
    )


def test_a_baseline_that_breaks_the_bounds_is_told_as_one(new_run: Any) -> None:
    run = temperatures(new_run, search=f"{SEARCH}  subject_to: {{spread: '> 0.1'}}\n")
    for line in run.trials:
        line["metric.spread"] = 0.05 if line["param.objective.alpha"] == 0 else 0.2
    assert "the best of 2 SupCon settings, which does not keep what was asked (" in lines(run.write())[2]
