"""Counting pairs, not attempts at them."""

from typing import Any

import pytest

from spreadtune.search.results.progress import Counts, count_pairs, count_progress, count_references, is_over
from spreadtune.search.storage.record import Record, Row


def row(trial: int, setting: int, state: Any, retry_of: int | None = None, **known: Any) -> Row:
    return Row(Record(trial, setting, 0, retry_of=retry_of), state=state, **known)


def rows(*given: Row) -> dict[int, Row]:
    return {each.record.trial: each for each in given}


def test_a_retried_pair_counts_once_as_its_last_trial_stands() -> None:
    given = rows(row(0, 0, "FAIL"), row(1, 1, "PRUNED"), row(2, 0, "FAIL", 0), row(3, 0, "RUNNING", 2))
    found = count_pairs(given, 4)
    assert found == Counts(4, pruned=1, running=1, settled=2)
    assert (found.ended, found.missing, found.unfinished) == (1, 3, True)
    assert found.by_state == {"PRUNED": 1, "RUNNING": 1}


def test_what_waits_for_another_trial_is_missing() -> None:
    counts = Counts(9, complete=4, pruned=1, failed=3, running=1, retrying=2)
    assert (counts.ended, counts.missing) == (6, 3)
    both = counts + Counts(2, complete=1)
    assert (both.total, both.ended, both.missing) == (11, 7, 4)


def test_references_that_nobody_began_are_known_to_the_driver_alone() -> None:
    assert count_references(["COMPLETE", "FAIL", "RUNNING"]) == Counts(3, complete=1, failed=1, running=1, settled=2)
    assert count_references(["FAIL"], total=3, retrying=1) == Counts(3, failed=1, settled=1, retrying=1)


@pytest.mark.parametrize(("last", "over"), [("COMPLETE", True), ("FAIL", True), ("RUNNING", False)])
def test_a_search_is_over_when_every_variant_is(last: Any, over: bool) -> None:
    searched = {"a": rows(row(0, 0, "PRUNED")), "b": rows(row(1, 0, last))}
    assert is_over({"a": 1, "b": 1}, searched) == over
    assert not is_over({"a": 2, "b": 1}, searched)


def test_a_confirmation_counts_what_one_best_has_until_the_best_is_known(lab: Any) -> None:
    space = {"objective.alpha": {"grid": [0.5, 1]}}
    study = lab.study(space=space, variants={"a": {}, "b": {}}, confirm={"seeds": 3})
    done = {"metrics": {"transfer_accuracy": 0.9}}
    searched = {"a": rows(row(0, 0, "COMPLETE", **done), row(1, 1, "PRUNED")), "b": rows(row(2, 0, "FAIL"))}
    confirmed = {"a": rows(row(4, 0, "COMPLETE")), "b": {}}

    def total() -> int:
        return count_progress(study, {"a": 2, "b": 2}, searched, confirmed, Counts()).confirmation.total

    assert total() == 6
    searched["b"][3] = row(3, 1, "FAIL")
    assert total() == 3, "no trial of b has finished"
    confirmed["a"] = rows(row(4, 1, "COMPLETE"))
    assert total() == 4, "the former best's stays counted"
