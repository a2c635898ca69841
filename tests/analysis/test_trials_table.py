"""Which columns the table of all trials has, and how."""

import re
from typing import Any

from spreadtune.analysis.results import Results
from spreadtune.analysis.trials_table import trials_table


def headings(results: Results) -> list[str]:
    return re.findall(r"<button type='button'>([^<]*)</button>", trials_table(results.trials, "transfer_accuracy"))


def test_the_reason_comes_last(search: Results) -> None:
    assert headings(search)[-3:] == ["epoch", "seconds", "reason"]


def test_a_reason_that_all_trials_share_is_shown(new_run: Any) -> None:
    run = new_run()
    for setting in range(2):
        run.trial(setting, alpha=0.0, params={"objective.alpha": 0.0}, state="FAIL", epochs=0)
    results = run.write()
    assert "reason" in headings(results)
    assert trials_table(results.trials, "transfer_accuracy").count("<td>out of memory</td>") == 2


def test_columns_that_say_nothing_are_left_out(sweep: Results) -> None:
    shown = headings(sweep)
    assert shown[:4] == ["trial", "setting", "seed", "state"]
    assert not {"variant", "stage", "reason", "reconstruction error"} & set(shown)


def test_seconds_have_one_decimal(sweep: Results) -> None:
    assert ">52.3</td>" in trials_table(sweep.trials.assign(seconds=52.3456), "transfer_accuracy")
