"""The choice of the best, by hand and beside the rule as a slow loop over tables."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spreadtune.search.results.choice import Choice, choose
from spreadtune.search.storage.record import Record, Row
from spreadtune.spec.goal import Bound, Goal, Selection

TRANSFER = Selection(Goal("transfer_accuracy", "maximize"))
BOUNDED = Selection(TRANSFER.goal, (Bound("class_accuracy", ">=", 0.9),))


def searched(*trials: tuple[str, int, float], **more: list[Any]) -> dict[str, dict[int, Row]]:
    """Trials from (variant, setting, transfer accuracy), each at the next seed of its setting; ``more`` holds other
    fields of their records and other metrics, one entry a trial."""
    rows: dict[str, dict[int, Row]] = {}
    for number, (variant, setting, value) in enumerate(trials):
        own = rows.setdefault(variant, {})
        seed = sum(row.record.setting == setting for row in own.values())
        cells = {name: values[number] for name, values in more.items()}
        record = Record(
            number, setting, seed, repeat_of=cells.pop("repeat_of", None), duplicate_of=cells.pop("duplicate_of", None)
        )
        state = cells.pop("state", "COMPLETE")
        own[number] = Row(
            record, state=state, metrics={"transfer_accuracy": value, **cells} if state == "COMPLETE" else {}
        )
    return rows


def best(rows: Any, selection: Selection = TRANSFER) -> tuple[str, int] | None:
    found = choose(rows, selection).best
    return found.key if found else None


def test_the_best_mean_over_finished_trials() -> None:
    rows = searched(
        ("m", 0, 0.8), ("m", 0, 0.8), ("m", 1, 0.9), ("m", 1, 0.6), ("m", 2, 0.99), state=["COMPLETE"] * 4 + ["PRUNED"]
    )
    found = choose(rows, TRANSFER)
    assert [each.setting for each in found.settings] == [0, 1]
    assert (found.best.mean, found.best.results) == (0.8, (0.8, 0.8))  # type: ignore[union-attr]
    assert best(rows, Selection(Goal("transfer_accuracy", "minimize"))) == ("m", 1)


def test_equal_means_go_to_the_lower_variant_then_to_the_lower_setting() -> None:
    rows = searched(("b", 0, 0.9), ("a", 1, 0.9), ("a", 0, 0.9), ("a", 2, 0.8))
    found = choose(rows, TRANSFER)
    assert [each.key for each in found.ties] == [("a", 0), ("a", 1), ("b", 0)]
    assert [each.key for each in found.among([("b", 0), ("a", 2)]).ties] == [("b", 0)]


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_missing_value_neither_wins_nor_hides_another(value: float) -> None:
    assert best(searched(("m", 0, value), ("m", 1, 0.5))) == ("m", 1)
    assert best(searched(("m", 0, value))) is None


def test_nothing_finished_chooses_nothing() -> None:
    assert best(searched(("m", 0, 0.9), state=["FAIL"])) is None
    assert choose({"a": {}, "b": {}}, TRANSFER) == Choice(TRANSFER, ())


def test_where_racing_repeated_any_setting_no_single_seed_is_chosen_in_any_variant() -> None:
    """A duplicate is a second result, in whatever variant; racing in one variant is enough."""
    trials = ("a", 0, 0.95), ("a", 0, 0.95), ("a", 1, 0.97), ("b", 0, 0.93), ("b", 0, 0.93), ("b", 1, 0.9)
    duplicate, repeat = [None, 0, None, None, None, None], [None, None, None, None, 3, None]
    found = choose(searched(*trials, duplicate_of=duplicate, repeat_of=repeat), TRANSFER)
    assert [each.key for each in found.settings] == [("a", 0), ("b", 0), ("a", 1), ("b", 1)]
    assert [each.lucky for each in found.settings] == [False, False, True, True]
    assert {name: each.setting for name, each in found.of_variants.items()} == {"a": 0, "b": 0}


def test_duplicates_alone_start_no_such_rule() -> None:
    """A variant that searches nothing repeats its one setting at every trial, and would always win."""
    trials = ("spread", 0, 0.95), ("spread", 1, 0.97), ("supcon", 0, 0.9), ("supcon", 0, 0.9)
    assert best(searched(*trials, duplicate_of=[None, None, None, 2])) == ("spread", 1)


def test_a_repeat_that_has_not_finished_starts_it_neither() -> None:
    trials = ("a", 0, 0.8), ("a", 0, 0.9), ("a", 1, 0.9)
    for state in ("RUNNING", "FAIL", "PRUNED"):
        assert best(searched(*trials, repeat_of=[None, 0, None], state=["COMPLETE", state, "COMPLETE"])) == ("a", 1)


def test_where_no_setting_has_several_results_nobody_was_luckier() -> None:
    trials = ("a", 0, 0.8), ("a", 0, 0.8), ("a", 1, 0.9)
    found = choose(searched(*trials, repeat_of=[None, 0, None], state=["PRUNED", "COMPLETE", "COMPLETE"]), TRANSFER)
    assert [(each.setting, each.lucky) for each in found.settings] == [(1, False), (0, False)]


def test_a_variant_of_single_seeds_is_confirmed_by_them_and_is_not_the_best() -> None:
    trials = ("a", 0, 0.8), ("a", 0, 0.8), ("b", 0, 0.9), ("b", 1, 0.95)
    found = choose(searched(*trials, repeat_of=[None, 0, None, None]), TRANSFER)
    assert found.best is not None
    assert found.best.key == ("a", 0)
    assert found.of_variants["b"].key == ("b", 1)


def test_a_setting_that_keeps_the_bounds_by_its_mean_comes_first() -> None:
    trials = ("m", 0, 0.9), ("m", 0, 0.9), ("m", 1, 0.8), ("m", 1, 0.7), ("m", 2, 0.6)
    rows = searched(*trials, class_accuracy=[0.99, 0.80, 0.89, 0.92, 0.95])
    found = {each.setting: each.violation for each in choose(rows, BOUNDED).settings}
    assert found == pytest.approx({0: 0.005, 1: 0, 2: 0})
    assert (best(rows, BOUNDED), best(rows)) == (("m", 1), ("m", 0))
    least = Selection(BOUNDED.goal, (Bound("class_accuracy", ">", 0.96),))
    assert best(rows, least) == ("m", 2), "none keeps it, and this one breaks it least"


def test_a_bound_on_what_was_not_measured_is_kept_by_nothing() -> None:
    found = choose(searched(("m", 0, 0.8), ("m", 1, 0.9)), BOUNDED)
    assert [each.violation for each in found.settings] == [math.inf] * 2
    assert found.best is not None
    assert (found.best.setting, found.best.feasible) == (1, False)


VALUES = st.sampled_from([0.5, 0.75, 0.875, 1.0])  # whose sums are exact
TRIAL = st.tuples(st.sampled_from("ab"), st.integers(0, 3), VALUES, VALUES, st.booleans(), st.booleans())
KEPT = Selection(TRANSFER.goal, (Bound("class_accuracy", ">=", 0.875),))


@settings(max_examples=200, deadline=None)
@given(st.lists(TRIAL, min_size=1, max_size=12), st.sampled_from([TRANSFER, KEPT]))
def test_the_rule_as_a_loop(drawn: list[Any], selection: Selection) -> None:
    """Every two settings compared by the words of the rule; the best is beaten by none."""
    rows = searched(
        *((variant, setting, value) for variant, setting, value, *_ in drawn),
        class_accuracy=[kept for *_, kept, _, _ in drawn],
        repeat_of=[0 if raced else None for *_, raced, _ in drawn],
        state=["COMPLETE" if finished else "PRUNED" for *_, finished in drawn],
    )
    done = [each for each in drawn if each[-1]]
    raced = any(each[-2] for each in done) and len({(each[0], each[1]) for each in done}) < len(done)

    def of(key: tuple[str, int]) -> list[Any]:
        return [each for each in done if (each[0], each[1]) == key]

    def mean(key: tuple[str, int], place: int) -> float:
        return float(sum(each[place] for each in of(key)) / len(of(key)))

    def beats(one: tuple[str, int], other: tuple[str, int]) -> bool:
        lucky = [raced and len(of(key)) == 1 for key in (one, other)]
        if lucky[0] != lucky[1]:
            return lucky[1]
        broken = [max(0.0, 0.875 - mean(key, 3)) for key in (one, other)]
        if selection.bounds and broken[0] != broken[1]:
            return broken[0] < broken[1]
        return mean(one, 2) > mean(other, 2)

    keys = {(each[0], each[1]) for each in done}
    chosen = best(rows, selection)
    assert (chosen is None) == (not keys)
    if chosen:
        assert not any(beats(key, chosen) for key in keys)
        for variant, found in choose(rows, selection).of_variants.items():
            assert not any(beats(key, found.key) for key in keys if key[0] == variant)
