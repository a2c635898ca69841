"""Means over seeds, and the trials of a table."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from spreadtune.search.results.selection import settings_table, table_rows
from spreadtune.search.storage.record import Record, Row


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


def test_nothing_finished_has_no_means() -> None:
    assert settings_table(table(("main", 0, 0, "PRUNED", 0.9), ("main", 1, 0, "FAIL", np.nan))).empty


def test_a_column_without_any_number_gives_missing_means() -> None:
    trials = table(("main", 0, 0, "COMPLETE", 0.9)).assign(**{"metric.spread": [None]})
    assert np.isnan(settings_table(trials).loc[("main", 0), "metric.spread"])


def test_a_table_tells_the_trials_that_the_database_has(lab: Any) -> None:
    study = lab.study(
        space={"objective.alpha": {"uniform": [0, 1]}}, variants={"a": {}, "b": {}}, sampler="random", trials=3
    )
    trials = table(
        ("a", 0, 0, "COMPLETE", 0.8),
        ("a", 0, 1, "RUNNING", np.nan),
        ("b", 0, 0, "PRUNED", 0.1),
        ("a", 0, 0, "FAIL", 0.2),
    ).assign(
        trial=range(4), repeat_of=pd.array([None, 0, None, None], dtype="Int64"), reason=[None, None, "worse", None]
    )
    trials["stage"] = ["search"] * 3 + ["confirm"]
    first = Record(0, 0, 0, values={"objective.alpha": 0.0})
    assert table_rows(trials, study.variants()) == {
        "a": {
            0: Row(first, state="COMPLETE", metrics={"transfer_accuracy": 0.8}),
            1: Row(Record(1, 0, 1, values=first.values, repeat_of=0)),
        },
        "b": {2: Row(Record(2, 0, 0, values=first.values), state="PRUNED", reason="worse")},
    }
    assert [*table_rows(trials, study.variants(), "confirm")["a"]] == [3]
