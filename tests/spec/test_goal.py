"""Goals and bounds of metrics, and what comes first under them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spreadtune.spec.goal import Bound, Goal, Selection

NUMBERS = st.floats(-1e6, 1e6)
BOUNDS = st.builds(Bound, st.sampled_from(["a", "b"]), st.sampled_from([">=", "<=", ">", "<"]), NUMBERS)


@pytest.mark.parametrize(
    ("text", "written"),
    [(">= 0.9", ">= 0.9"), ("<.5", "< 0.5"), ("  >1 ", "> 1"), ("<= -2.50e-1", "<= -0.25"), (">=1e3", ">= 1000")],
)
def test_bounds_as_people_write_them(text: str, written: str) -> None:
    assert Bound.parse("spread", text).text == written


@pytest.mark.parametrize("text", ["", "0.9", "= 0.9", "=> 0.9", ">= ", ">= much", ">= 0.9 0.8", ">= 1e999", 0.9, None])
def test_what_is_no_bound(text: object) -> None:
    with pytest.raises(ValueError, match=r"for example '>= 0\.9'"):
        Bound.parse("spread", text)


@given(BOUNDS)
def test_a_bound_reads_what_it_writes(bound: Bound) -> None:
    assert Bound.parse(bound.metric, bound.text) == bound


@given(BOUNDS, NUMBERS)
def test_a_violation_is_above_zero_exactly_where_the_bound_is_broken(bound: Bound, value: float) -> None:
    kept = {
        ">=": value >= bound.limit,
        "<=": value <= bound.limit,
        ">": value > bound.limit,
        "<": value < bound.limit,
    }[bound.relation]
    assert bound.holds(value) == kept
    assert (bound.violation(value) > 0) == (not kept)
    assert abs(bound.violation(value)) == pytest.approx(abs(value - bound.limit), abs=1e-300)


def test_a_limit_itself_breaks_a_strict_bound_only() -> None:
    assert Bound("spread", ">=", 0.5).violation(0.5) == 0
    assert Bound("spread", ">", 0.5).violation(0.5) > 0
    assert Bound("spread", ">", 0.5).violation(math.nan) == math.inf


SELECTION = Selection(Goal("a", "maximize"), (Bound("b", ">=", 0.9), Bound("c", "<", 0.5)))


def test_what_keeps_all_bounds_comes_first_then_what_breaks_them_least() -> None:
    ordered = [
        {"a": 0.5, "b": 0.95, "c": 0.2},
        {"a": 0.4, "b": 0.90, "c": 0.4},
        {"a": 0.9, "b": 0.89, "c": 0.4},
        {"a": 0.8, "b": 0.88, "c": 0.4},
        {"a": 1.0, "b": 0.89, "c": 0.6},
        {"a": 1.0, "b": 0.95},
    ]
    assert sorted([*ordered[3:], *ordered[:3]], key=SELECTION.rank) == ordered
    assert [round(SELECTION.violation(each), 9) for each in ordered[:5]] == [0, 0, 0.01, 0.02, 0.11]


def test_ties_are_broken_by_the_other_goals_in_their_order() -> None:
    selection = Selection(Goal("a", "maximize"), ties=(Goal("b", "minimize"), Goal("c", "maximize")))
    ordered = [{"a": 2, "b": 9, "c": 0}, {"a": 1, "b": 0, "c": 1}, {"a": 1, "b": 0, "c": 0}, {"a": 1, "b": 1, "c": 5}]
    assert sorted([*ordered[2:], *ordered[:2]], key=selection.rank) == ordered
    assert selection.rank({"b": 0}) > selection.rank({"a": -1e9}), "what was not measured comes last"


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1), NUMBERS, st.sampled_from(["maximize", "minimize"]))
def test_the_first_is_feasible_where_anything_is(values: list[tuple[float, float]], limit: float, way: str) -> None:
    selection = Selection(Goal("a", way), (Bound("b", ">=", limit),))
    first = min(({"a": a, "b": b} for a, b in values), key=selection.rank)
    kept = [a for a, b in values if b >= limit]
    if kept:
        assert first["a"] == (max(kept) if way == "maximize" else min(kept))
    else:
        assert limit - first["b"] == min(limit - b for _, b in values)
