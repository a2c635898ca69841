"""Variants set against variants, by hand-made numbers."""

import json
from typing import Any

import numpy as np
import pytest
from scipy import stats

from spreadtune.analysis import variants
from spreadtune.analysis.export.contents import sheets
from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.results import Results
from spreadtune.analysis.variants import contrast_lines, contrasts
from spreadtune.errors import UserError
from spreadtune.spec.hash import study_hash
from tests.analysis.conftest import MANIFEST, NewRun

SEARCH = """
search:
  seeds: 4
  confirm: {seeds: 3}
  variants:
    plain: {set: {objective.alpha: 0.0}}
    spread: {set: {objective.alpha: 0.6}, against: plain}
    wide: {set: {objective.alpha: 1.0}, against: spread}
    lost: {set: {objective.alpha: 0.3}, against: plain}
"""
TRANSFER = {
    "plain": [0.90, 0.91, 0.92, 0.90],
    "spread": [0.95, 0.94, 0.97, 0.96],
    "wide": [0.96, 0.94, 0.96, 0.97],
}
TEST = {"plain": [0.89, 0.90, 0.88], "spread": [0.93, 0.95, 0.94]}


@pytest.fixture
def results(new_run: NewRun) -> Results:
    run = new_run(SEARCH)
    for variant, values in TRANSFER.items():
        for seed, value in enumerate(values):
            metrics = {"metric.transfer_accuracy": value, "metric.class_accuracy": 1 - value / 2}
            run.trial(0, seed, variant=variant, alpha=0.0, params={}, **metrics)
    for variant, values in TEST.items():
        for seed, value in enumerate(values):
            metrics = {"metric.transfer_accuracy": value, "test.transfer_accuracy": value}
            run.trial(0, seed, variant=variant, alpha=0.0, params={}, stage="confirm", **metrics)
    found: Results = run.write()
    found.run.manifest_file.write_text(json.dumps(MANIFEST))
    return found


def test_differences_are_paired_and_corrected_for_all_that_are_asked_for(results: Results) -> None:
    first, second = contrasts(build_frame(results))
    assert (first.variant, first.other, second.variant, second.other) == ("spread", "plain", "wide", "spread")
    apart = np.subtract(TRANSFER["spread"], TRANSFER["plain"])
    p = [
        stats.ttest_rel(TRANSFER[one], TRANSFER[other]).pvalue
        for one, other in [("spread", "plain"), ("wide", "spread")]
    ]
    assert first.found.difference.mean == pytest.approx(apart.mean())
    assert first.found.difference.half_width == pytest.approx(stats.t.ppf(0.975, 3) * apart.std(ddof=1) / 2)
    assert [first.found.p, second.found.p] == pytest.approx(p)
    assert first.adjusted == pytest.approx(2 * p[0])
    assert second.adjusted == pytest.approx(p[1])
    assert first.cost.difference.mean == pytest.approx(-apart.mean() / 2)
    assert first.test.difference.mean == pytest.approx(np.subtract(TEST["spread"], TEST["plain"]).mean())
    assert second.test.difference.n == 0, "one side is not confirmed"


def test_answer_report_and_export_tell_them(results: Results) -> None:
    frame = build_frame(results)
    lines = contrast_lines(frame)
    assert lines[0].startswith("spread minus plain: +0.047 +- 0.0")
    assert "(4 shared seeds), p = " in lines[0]
    assert lines[0].endswith("after Holm's correction for 2 of these.")
    assert set(lines) <= set(results.answer().splitlines())
    report = results.write_report().read_text()
    assert "Variant against variant" in report
    assert "spread − plain" in report
    [table] = [each for each in sheets(results, frame) if each.name == "contrasts"]
    assert len(table.rows) == 2
    assert "transfer accuracy, test" in table.headings


def test_of_many_one_line_tells_which_are_apart(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variants, "MOST_TOLD", 1)
    frame = build_frame(results)
    [first, second] = contrasts(frame)
    assert (first.found.difference.excludes_zero, second.found.difference.excludes_zero) == (True, False)
    difference = first.found.difference
    assert contrast_lines(frame) == [
        "Variant against variant: of 2 paired differences in transfer accuracy the interval of 1 excludes 0: spread "
        f"minus plain +{difference.mean:.3f} +- {difference.half_width:.3f}; after Holm's correction p is below 0.05 "
        "for 1 of them."
    ]


def test_a_run_without_them_has_no_section(sweep: Results) -> None:
    frame = build_frame(sweep)
    assert contrasts(frame) == contrast_lines(frame) == []
    assert "Variant against variant" not in sweep.write_report().read_text()


@pytest.mark.parametrize(
    ("against", "message"),
    [
        ("plian", "search.variants.spread.against: no variant 'plian', did you mean plain?"),
        ("spread", "search.variants.spread.against: is this variant itself; known: plain, wide, lost"),
    ],
)
def test_another_variant_is_named(new_run: NewRun, against: str, message: str) -> None:
    run = new_run(SEARCH.replace("0.6}, against: plain", f"0.6}}, against: {against}"))
    with pytest.raises(UserError) as error:
        _ = run.write().study
    assert message in str(error.value)


def test_one_may_be_set_against_several(new_run: NewRun) -> None:
    study = new_run(SEARCH.replace("1.0}, against: spread", "1.0}, against: [spread, plain]")).write().study
    assert study.search.variants["wide"].others == ("spread", "plain")


def test_it_is_the_same_question_whatever_is_compared(new_run: NewRun) -> None:
    studies: list[Any] = [new_run(text).write().study for text in (SEARCH, SEARCH.replace(", against: plain", ""))]
    assert study_hash(studies[0]) == study_hash(studies[1])
