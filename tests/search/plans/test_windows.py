"""Where the alphas lie in the predicted window."""

from typing import Any

import pytest

from spreadtune.search.plans.windows import AlphaNote, alpha_notes
from spreadtune.search.plans.workload import workload
from spreadtune.search.sampling.space import Space
from spreadtune.theory import collapse_threshold, means_vanish_threshold
from tests.lab import Lab

COUNTS = [64.0, 64.0]


def notes(lab: Lab, **search: Any) -> tuple[AlphaNote, ...]:
    [variant] = workload(lab.study(**search), references=False, mean_class_counts=lambda _: COUNTS).variants
    return variant.alpha


def thresholds(temperature: float) -> tuple[float, float]:
    return collapse_threshold(COUNTS, temperature), means_vanish_threshold(COUNTS, temperature)


def test_settings_of_a_grid_are_counted_for_each_temperature(lab: Lab) -> None:
    space = {
        "objective.temperature": {"grid": [0.5, 1]},
        "objective.alpha": {"grid": [0, 0.4, 0.56, 0.66, 0.75, 1]},
    }
    low, high = thresholds(0.5), thresholds(1)
    assert low == pytest.approx((0.519, 0.685), abs=5e-4)
    assert high == pytest.approx((0.642, 0.669), abs=5e-4)
    assert notes(lab, space=space, seeds=3) == (
        AlphaNote(0.5, (64.0, 64.0), *low, below=2, inside=2, above=2),
        AlphaNote(1, (64.0, 64.0), *high, below=3, inside=1, above=2),
    )


def test_the_ends_of_the_window_lie_outside_of_it(lab: Lab) -> None:
    space = {"objective.alpha": {"grid": list(thresholds(0.5))}}
    [note] = notes(lab, space=space)
    assert (note.below, note.inside, note.above) == (1, 0, 1)


def test_a_scheme_without_a_formula_has_no_upper_end(lab: Lab) -> None:
    space = {"objective.pairs": {"grid": ["all"]}, "objective.alpha": {"grid": [0, 0.9, 1]}}
    [note] = notes(lab, space=space)
    assert note.alpha_m is None
    assert (note.below, note.inside, note.above) == (1, 2, 0)


def test_a_search_says_between_which_alphas_it_draws(lab: Lab) -> None:
    space: dict[str, Any] = {"objective.temperature": {"log_uniform": [0.5, 1]}, "objective.alpha": {"window": [0, 1]}}
    first, second = notes(lab, sampler="tpe", trials=3, space=space)
    assert (first.temperature, second.temperature) == (0.5, 1)
    assert first.drawn == pytest.approx(thresholds(0.5))
    assert second.drawn == pytest.approx(thresholds(1))
    space["objective.alpha"] = {"window": [0.25, 0.5]}
    low, high = thresholds(0.5)
    halfway = notes(lab, sampler="tpe", trials=3, space=space)[0].drawn
    assert halfway == pytest.approx((low + (high - low) / 4, (low + high) / 2))
    space["objective.alpha"] = {"uniform": [0.4, 0.8]}
    assert [note.drawn for note in notes(lab, sampler="random", trials=3, space=space)] == [(0.4, 0.8)] * 2


def test_a_search_that_leaves_alpha_alone_says_nothing(lab: Lab) -> None:
    space = {"objective.temperature": {"log_uniform": [0.5, 1]}}
    assert notes(lab, sampler="random", trials=3, space=space) == ()


def test_other_objectives_have_no_window(lab: Lab) -> None:
    study = lab.study(space={"objective": {"grid": ["infonce", "cross_entropy"]}})
    [variant] = study.variants()
    space = Space(variant, lambda _: COUNTS)
    assert alpha_notes(space, [{"objective": "infonce"}, {"objective": "cross_entropy"}]) == []


def test_unequal_classes_open_one_after_the_other() -> None:
    unequal = AlphaNote(0.5, (20.0, 108.0), 0.317, 0.735)
    assert unequal.last_opening() == pytest.approx(0.673, abs=1e-3)
    assert AlphaNote(0.5, (64.0, 64.0), 0.519, 0.685).last_opening() is None
    assert AlphaNote(0.5, (20.0, 108.0), 0.317, None).last_opening() is None
