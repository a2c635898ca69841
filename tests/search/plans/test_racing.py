"""Promising settings get further seeds, by the database alone, and the best is no lucky one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spreadtune.search.plans.racing import SHARE, START, next_repeat
from spreadtune.search.results.choice import choose
from spreadtune.search.storage.book import Book
from spreadtune.search.storage.record import Record, Row
from spreadtune.spec.goal import Bound, Goal, Selection

TRANSFER = Selection(Goal("transfer_accuracy", "maximize"))
SPACE = {"objective.alpha": {"uniform": [0, 1]}}


class Killed(BaseException):
    """Stands for SIGKILL."""


def row(number: int, setting: int, seed: int, value: float | None, **known: Any) -> Row:
    state = "RUNNING" if value is None else "COMPLETE"
    metrics = {} if value is None else {"transfer_accuracy": value}
    return Row(Record(number, setting, seed, **known), optuna_id=number, state=state, metrics=metrics)


def once(*values: float) -> list[Row]:
    return [row(number, number, 0, value) for number, value in enumerate(values)]


def raced(rows: list[Row], seeds: int = 3, direction: Any = "maximize", bounds: tuple[Bound, ...] = ()) -> int | None:
    found = next_repeat(rows, seeds=seeds, selection=Selection(Goal("transfer_accuracy", direction), bounds))
    return found.record.setting if found else None


def test_the_best_is_repeated_first_once_there_is_a_field() -> None:
    assert raced(once(0.1, 0.5, 0.9, 0.3)) is None, f"of {START} finished settings, not before"
    assert raced(once(0.1, 0.5, 0.9, 0.3, 0.2)) == 2
    assert raced(once(0.1, 0.5, 0.9, 0.3, 0.2), direction="minimize") == 0
    assert raced(once(0.1, 0.5, 0.9, 0.3, 0.2), seeds=1) is None


def test_only_what_keeps_the_bounds_is_repeated_where_anything_does() -> None:
    rows = once(0.1, 0.5, 0.9, 0.3, 0.2)
    for each, spread in zip(rows, (0.3, 0.4, 0.8, 0.2, 0.7), strict=True):
        each.metrics = {**each.metrics, "spread": spread}
    assert raced(rows, bounds=(Bound("spread", "<", 0.5),)) == 1
    assert raced(rows, bounds=(Bound("spread", "<", 0.1),)) == 3, "nothing keeps it, and this breaks it least"


def test_who_is_within_one_standard_error_of_the_best_is_promising() -> None:
    """By hand: 0.9 and 0.7 at two seeds give s = 0.1414; against one seed the bound is s sqrt(3/2) = 0.1732."""
    field = [*once(0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1), row(7, 0, 1, 0.7, repeat_of=0)]
    assert raced([*field, row(8, 8, 0, 0.62)], seeds=2) is None
    assert raced([*field, row(8, 8, 0, 0.63)], seeds=2) == 8
    assert raced([*field, row(8, 8, 0, 0.63)], seeds=3) == 0, "the best mean first"
    assert raced([*field, row(8, 0, 2, None, repeat_of=0)], seeds=9) is None, "its repeat is awaited"


def test_a_third_of_the_trials_at_most_are_repeats() -> None:
    rows = [*once(0.9, 0.1, 0.1, 0.1, 0.1), row(5, 0, 1, 0.9, repeat_of=0), row(6, 0, 2, 0.9, repeat_of=0)]
    assert raced(rows, seeds=9) is None
    assert raced([*rows, row(7, 7, 0, 0.1)], seeds=9) == 0


def race(rng: np.random.Generator, *, seeds: int, trials: int, noise: float) -> tuple[float, float, list[Row]]:
    """A search that draws at random: the true value of what is chosen, the best drawn, and the trials."""
    truth: list[float] = []
    rows: list[Row] = []
    for number in range(trials):
        first = next_repeat(rows, seeds=seeds, selection=TRANSFER)
        if first:
            setting, seed = first.record.setting, sum(r.record.setting == first.record.setting for r in rows)
        else:
            setting, seed = len(truth), 0
            truth.append(float(1 - ((rng.random(2) - 0.6) ** 2).sum()))
        known = {"repeat_of": first.record.trial} if first else {}
        rows.append(row(number, setting, seed, truth[setting] + noise * rng.normal(), **known))
    return truth[chosen(rows)], max(truth), rows


def chosen(rows: list[Row]) -> int:
    best = choose({"main": {r.record.trial: r for r in rows}}, TRANSFER).best
    assert best
    return best.setting


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5), st.integers(8, 40), st.sampled_from([0.0, 0.03, 0.1, 1.0]))
def test_no_setting_gets_too_many_and_the_chosen_one_was_repeated(
    seed: int, seeds: int, trials: int, noise: float
) -> None:
    _, _, rows = race(np.random.default_rng(seed), seeds=seeds, trials=trials, noise=noise)
    pairs = [r.record.pair for r in rows]
    assert len(set(pairs)) == trials
    assert all(seed < seeds for _, seed in pairs)
    for so_far in range(1, trials + 1):
        assert SHARE * sum(r.record.repeat_of is not None for r in rows[:so_far]) <= so_far
    assert sum(r.record.setting == chosen(rows) for r in rows) > 1, "no lucky one"


@pytest.mark.slow
def test_racing_loses_less_to_luck_than_drawing_on() -> None:
    """At equal trials, over 200 landscapes with noise as large as what separates the better settings."""
    lost = {}
    for seeds in (1, 3):
        found = [race(np.random.default_rng(n), seeds=seeds, trials=40, noise=0.1)[:2] for n in range(200)]
        lost[seeds] = np.mean([1 - truth for truth, _ in found])
    assert lost[3] < 0.9 * lost[1], "of what the best setting there is would give"


@pytest.mark.slow
def test_a_race_survives_a_kill(new_lab: Any, monkeypatch: Any) -> None:
    """Before the record of every trial, repeated or new, the driver dies."""

    def value(assignment: Any) -> float:
        return float(1 - (assignment.spec.objective.alpha - 0.6) ** 2 + 0.03 * np.sin(97 * assignment.number))

    def killed(*_: Any) -> None:
        raise Killed

    whole, again = new_lab(), new_lab()
    study = whole.study(sampler="random", trials=14, seeds=3, space=SPACE)
    done = [(a.number, a.setting, a.seed, a.spec) for a in whole.run_all(whole.open(study), value)]
    assert sum(seed > 0 for _, _, seed, _ in done) == 14 // SHARE

    pieces = []
    for _ in done:
        ledger = again.open(study)
        with monkeypatch.context() as patch:
            patch.setattr(Book, "write", killed)
            try:
                ledger.next()
            except Killed:
                again.kill(ledger)
        ledger = again.open(study)
        assignment = ledger.next()
        again.finish(ledger, assignment, value(assignment))
        again.kill(ledger)
        pieces.append((assignment.number, assignment.setting, assignment.seed, assignment.spec))
    assert pieces == done


def test_a_repeat_runs_to_its_end_and_is_nobodys_rival(lab: Any) -> None:
    halving = {"name": "successive_halving", "min_epochs": 1, "reduction": 2}
    study = lab.study(sampler="random", trials=8, seeds=2, space=SPACE, early_stopping=halving)
    ledger = lab.open(study)
    for value in (0.1, 0.2, 0.3, 0.4, 0.5):
        assignment = ledger.next()
        assert not ledger.report(assignment.number, 1, {"knn_transfer_accuracy": value})
        lab.finish(ledger, assignment, value)
    repeat = ledger.next()
    assert (repeat.setting, repeat.seed) == (4, 1)
    assert not ledger.report(repeat.number, 1, {"knn_transfer_accuracy": 0.0})
    assert ledger._books[0].rows[repeat.number].reported == set()
