"""Floors and ceiling, and whether the ceiling is one."""

import math
from typing import Any

import pytest

from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.references import ceiling_line, reference_means
from spreadtune.analysis.report import render
from spreadtune.analysis.results import Results
from tests.analysis.temperatures import temperatures


def test_references_are_means_over_the_seeds_that_finished(new_run: Any) -> None:
    run = new_run()
    for seed in range(3):
        run.trial(0, seed, alpha=0.0, params={"objective.alpha": 0.0})
        run.reference(seed, "FAIL" if seed == 1 else "COMPLETE")
    table = reference_means(build_frame(run.write()), "transfer_accuracy").set_index("name")
    assert table.loc["raw_pixels", "mean"] == pytest.approx((0.965 + 0.969) / 2)
    assert table.loc["raw_pixels", "n"] == 2
    assert math.isnan(table.loc["raw_pixels", "half_width"])
    assert list(table["reference"]) == [
        "trained on fine labels (ceiling)",
        "raw pixels (floor)",
        "random encoder (floor)",
    ]


def test_no_references_give_no_lines(variants: Results, nothing_finished: Results) -> None:
    for results in (variants, nothing_finished):
        frame = build_frame(results)
        assert reference_means(frame, "transfer_accuracy").empty
        assert ceiling_line(frame, "transfer_accuracy") == ""


@pytest.fixture
def low_ceiling(new_run: Any) -> Results:
    """One that lies below two of six settings."""
    run = temperatures(new_run)
    for seed in range(3):
        run.reference(seed)
        run.references[-1]["ceiling.transfer_accuracy"] = 0.97 + 0.001 * seed
    found: Results = run.write()
    return found


def test_what_lies_below_settings_is_called_no_ceiling_anywhere(low_ceiling: Results) -> None:
    frame = build_frame(low_ceiling)
    words = "trained on fine labels (no upper bound)"
    line = (
        "What was trained on fine labels is SupCon (pairs cross_view, denominator negatives) at the file's temperature "
        "0.5 (the best SupCon here has 0.1); 2 of 6 settings are above it, so it is no upper bound."
    )
    assert ceiling_line(frame, "transfer_accuracy") == line
    answer, page = low_ceiling.answer(), render(low_ceiling)
    assert f"{words} 0.971 +- 0.002" in answer
    assert line in answer
    assert words in page, "in the legend of a figure"
    assert "(ceiling)" not in answer + page


def test_a_ceiling_says_what_it_was_trained_with(sweep: Results) -> None:
    assert ceiling_line(build_frame(sweep), "transfer_accuracy") == (
        "What was trained on fine labels is SupCon (pairs cross_view, denominator negatives) at the file's temperature "
        "0.5."
    )


def test_an_objective_without_a_temperature_has_none_to_tell(new_run: Any) -> None:
    run = new_run()
    text = run.run.study_file.read_text().replace("{name: spread, temperature: 0.5}", "{name: cross_entropy}")
    run.run.study_file.write_text(text.partition("search:")[0] + "search: {seeds: 1}\n")
    run.trial(0, alpha=0.0, params={}, **{"metric.transfer_accuracy": 0.9})
    run.reference(0)
    line = ceiling_line(build_frame(run.write()), "transfer_accuracy")
    assert line == "What was trained on fine labels is cross-entropy."
