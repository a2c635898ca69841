"""Which columns the table of all trials has, and how."""

from typing import Any

import pandas as pd

from spreadtune.analysis.results import Results
from spreadtune.analysis.trials_table import trial_columns


def headings(results: Results) -> list[str]:
    return [column.heading for column in trial_columns(results.trials, ["transfer_accuracy"])]


def cells(trials: pd.DataFrame, heading: str) -> list[str]:
    (column,) = (column for column in trial_columns(trials, ["transfer_accuracy"]) if column.heading == heading)
    return [cell.text for cell in column]


def test_the_reason_comes_last(search: Results) -> None:
    assert headings(search)[-3:] == ["epoch", "seconds", "reason"]


def test_a_reason_that_all_trials_share_is_shown(new_run: Any) -> None:
    run = new_run()
    for setting in range(2):
        run.trial(setting, alpha=0.0, params={"objective.alpha": 0.0}, state="FAIL", epochs=0)
    results = run.write()
    assert cells(results.trials, "reason") == ["out of memory"] * 2


def test_columns_that_say_nothing_are_left_out(sweep: Results) -> None:
    shown = headings(sweep)
    assert shown[:4] == ["trial", "setting", "seed", "state"]
    assert not {"variant", "stage", "reason", "reconstruction error"} & set(shown)


def test_seconds_have_one_decimal(sweep: Results) -> None:
    assert set(cells(sweep.trials.assign(seconds=52.3456), "seconds")) == {"52.3"}


def test_what_the_study_asks_for_is_the_first_metric(search: Results) -> None:
    names = [column.heading for column in trial_columns(search.trials, ["spread"])]
    assert names.index("spread") < names.index("transfer accuracy")
    assert headings(search).index("transfer accuracy") < headings(search).index("spread")
