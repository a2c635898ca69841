"""Which SupCon a run is set against: the best of all it searched, and the one that has all else in common."""

from typing import Any

from spreadtune.analysis.baseline import best_supcon, equal_supcons, supcon_settings
from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.results import Results
from tests.analysis.temperatures import SEARCH, temperatures

SPACE = "space: {objective.temperature: {grid: [0.1, 0.5]}, objective.alpha: {grid: [0, 0.62, 1]}}"
ALONE = {"objective.alpha": 0, "objective.autoencoder_weight": 0}


def test_the_best_supcon_is_that_of_all_temperatures(new_run: Any) -> None:
    frame = build_frame(temperatures(new_run).write())
    assert frame.best == ("main", 4), "alpha 0.62 at temperature 0.5"
    assert supcon_settings(frame) == [("main", 0), ("main", 3)]
    assert best_supcon(frame) == ("main", 0), "at temperature 0.1"
    expected = {1: 0, 2: 0, 4: 3, 5: 3}
    assert equal_supcons(frame) == {("main", setting): ("main", equal) for setting, equal in expected.items()}


def test_it_may_be_another_variant_s_of_another_scheme(new_run: Any) -> None:
    khosla = "set: {objective.alpha: 0, objective.pairs: all, objective.denominator: all}"
    search = f"\nsearch: {{seeds: 3, {SPACE}, variants: {{main: {{}}, supcon_khosla: {{{khosla}}}}}}}\n"
    run = temperatures(new_run, search=search)
    for seed in range(3):
        params = {"objective.temperature": 0.1}
        run.trial(0, seed, variant="supcon_khosla", alpha=0.0, params=params, **{"metric.transfer_accuracy": 0.97})
    frame = build_frame(run.write())
    assert best_supcon(frame) == ("supcon_khosla", 0)
    assert equal_supcons(frame)["main", 1] == ("main", 0), "another pair scheme is not equal in all else"


def test_alpha_0_with_a_reconstruction_term_is_no_supcon(new_run: Any) -> None:
    search = SEARCH.replace("alpha: {grid: [0,", "autoencoder_weight: {grid: [0, 5]}\n    objective.alpha: {grid: [0,")
    run = new_run(search)
    for setting, (weight, alpha) in enumerate([(5, 0.0), (0, 0.0), (5, 0.62)]):
        params = {"objective.temperature": 0.1, "objective.autoencoder_weight": weight, "objective.alpha": alpha}
        value = {"metric.transfer_accuracy": 0.99 - 0.01 * setting}
        run.trial(setting, alpha=alpha, temperature=0.1, params=params, **value)
    frame = build_frame(run.write())
    assert frame.best == ("main", 0)
    assert supcon_settings(frame) == [("main", 1)]
    assert equal_supcons(frame) == {("main", 0): ("main", 1), ("main", 2): ("main", 1)}


def test_the_baseline_is_chosen_under_the_run_s_bounds(new_run: Any) -> None:
    search = f"\nsearch: {{seeds: 3, {SPACE}, subject_to: {{spread: '> 0.1'}}}}\n"
    run = temperatures(new_run, search=search)
    for line in run.trials:
        line["metric.spread"] = 0.05 if line["setting"] == 0 else 0.2
    frame = build_frame(run.write())
    assert best_supcon(frame) == ("main", 3), "the one at temperature 0.1 breaks the bound"


def test_a_run_without_alpha_0_has_no_baseline(search: Results) -> None:
    frame = build_frame(search)
    assert supcon_settings(frame) == []
    assert best_supcon(frame) is None
    assert equal_supcons(frame) == {}
