"""Means over seeds and the choice of the best."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spreadtune.search.results.selection import best_setting, settings_table, violations
from spreadtune.spec.goal import Bound, Goal, Selection

TRANSFER = Selection(Goal("transfer_accuracy", "maximize"))


def table(*rows: tuple[str, int, int, str, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["variant", "setting", "seed", "state", "metric.transfer_accuracy"])
    return frame.assign(stage="search", **{"param.objective.alpha": frame["setting"] / 10, "theory.alpha_c": 0.5})


def test_means_are_over_finished_trials_only() -> None:
    trials = table(("main", 0, 0, "COMPLETE", 0.8), ("main", 0, 1, "COMPLETE", 0.9), ("main", 0, 2, "PRUNED", 0.1))
    row = settings_table(trials).loc[("main", 0)]
    assert row["n"] == 2
    assert row["metric.transfer_accuracy"] == pytest.approx(0.85)
    assert row["param.objective.alpha"] == 0.0
    assert row["theory.alpha_c"] == 0.5


def test_confirmation_does_not_enter_the_search_means() -> None:
    trials = table(("main", 0, 0, "COMPLETE", 0.8), ("main", 0, 0, "COMPLETE", 0.2)).assign(stage=["search", "confirm"])
    assert settings_table(trials).loc[("main", 0), "metric.transfer_accuracy"] == 0.8


def test_a_setting_is_known_by_its_variant_too() -> None:
    trials = table(("a", 0, 0, "COMPLETE", 0.8), ("b", 0, 0, "COMPLETE", 0.9))
    assert list(settings_table(trials).index) == [("a", 0), ("b", 0)]
    assert best_setting(trials, TRANSFER) == ("b", 0)
    assert best_setting(trials, Selection(Goal("transfer_accuracy", "minimize"))) == ("a", 0)


def test_equal_means_go_to_the_first() -> None:
    trials = table(("main", 1, 0, "COMPLETE", 0.9), ("main", 0, 0, "COMPLETE", 0.9))
    assert best_setting(trials, TRANSFER) == ("main", 0)


def test_where_racing_repeated_any_setting_no_single_seed_is_chosen_in_any_variant() -> None:
    trials = table(
        ("a", 0, 0, "COMPLETE", 0.8), ("a", 0, 1, "COMPLETE", 0.8), ("a", 1, 0, "COMPLETE", 0.95),
        ("b", 0, 0, "COMPLETE", 0.9),
    )  # fmt: skip
    assert best_setting(trials.assign(repeat_of=None), TRANSFER) == ("a", 1)
    assert best_setting(trials.assign(repeat_of=[None, 0, None, None]), TRANSFER) == ("a", 0)
    alone = trials.assign(repeat_of=[None, 0, None, None])
    assert best_setting(alone[alone["variant"] == "b"], TRANSFER) == ("b", 0), (
        "the best of its variant, to be confirmed"
    )


def test_a_missing_value_neither_wins_nor_hides_another() -> None:
    trials = table(("main", 0, 0, "COMPLETE", np.nan), ("main", 1, 0, "COMPLETE", 0.5))
    assert best_setting(trials, TRANSFER) == ("main", 1)


@pytest.mark.parametrize("metric", ["transfer_accuracy", "never_measured"])
def test_nothing_finished_chooses_nothing(metric: str) -> None:
    trials = table(("main", 0, 0, "PRUNED", 0.9), ("main", 1, 0, "FAIL", np.nan))
    assert settings_table(trials).empty
    assert best_setting(trials, Selection(Goal(metric, "maximize"))) is None


def test_a_column_without_any_number_gives_missing_means() -> None:
    trials = table(("main", 0, 0, "COMPLETE", 0.9)).assign(**{"metric.spread": [None]})
    assert np.isnan(settings_table(trials).loc[("main", 0), "metric.spread"])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0, 1)), min_size=1, max_size=30))
def test_the_best_has_the_highest_mean(draws: list[tuple[int, float]]) -> None:
    trials = table(*[("main", setting, seed, "COMPLETE", value) for seed, (setting, value) in enumerate(draws)])
    best = best_setting(trials, TRANSFER)
    assert best is not None
    means = {s: np.mean([v for t, v in draws if t == s]) for s, _ in draws}
    assert means[best[1]] == pytest.approx(max(means.values()))


BOUNDED = Selection(Goal("transfer_accuracy", "maximize"), (Bound("class_accuracy", ">=", 0.9),))


def test_a_setting_that_keeps_the_bounds_by_its_mean_comes_first() -> None:
    trials = table(*[("main", setting, seed, "COMPLETE", value) for setting, seed, value in (
        (0, 0, 0.9), (0, 1, 0.9), (1, 0, 0.8), (1, 1, 0.7), (2, 0, 0.6),
    )])  # fmt: skip
    trials["metric.class_accuracy"] = [0.99, 0.80, 0.89, 0.92, 0.95]
    assert violations(settings_table(trials), BOUNDED).tolist() == pytest.approx([0.005, 0, 0])
    assert best_setting(trials, BOUNDED) == ("main", 1)
    assert best_setting(trials, TRANSFER) == ("main", 0)
    least = Selection(BOUNDED.goal, (Bound("class_accuracy", ">", 0.96),))
    assert best_setting(trials, least) == ("main", 2), "none keeps it, and this one breaks it least"


def test_a_bound_on_what_was_not_measured_is_kept_by_nothing() -> None:
    trials = table(("main", 0, 0, "COMPLETE", 0.8), ("main", 1, 0, "COMPLETE", 0.9))
    assert np.isinf(violations(settings_table(trials), BOUNDED)).all()
    assert best_setting(trials, BOUNDED) == ("main", 1)
