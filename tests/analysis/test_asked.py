"""What a study asks for stands in every table of results, whatever metric it is."""

from pathlib import Path
from typing import Any

import pytest

from spreadtune.analysis.compare.comparison import Comparison
from spreadtune.analysis.results import Results
from spreadtune.analysis.words import in_words

OPTIMIZED, BOUNDED = "transfer_accuracy_5_shot", "uniformity"  # no table shows them of itself
STUDY = f"""
search:
  seeds: 3
  space: {{objective.alpha: {{grid: [0, 0.56]}}}}
  optimize: {{{OPTIMIZED}: maximize}}
  subject_to: {{{BOUNDED}: "< 0"}}
"""


def run(new_run: Any) -> Results:
    made = new_run(STUDY)
    for seed in range(3):
        for setting, alpha in enumerate([0, 0.56]):
            measured = {f"metric.{OPTIMIZED}": 0.5 + alpha / 4 + seed / 100, f"metric.{BOUNDED}": -1.25}
            made.trial(setting, seed, alpha=alpha, params={"objective.alpha": alpha}, **measured)
    written: Results = made.write()
    return written


@pytest.mark.parametrize("ending", ["md", "tex"])
@pytest.mark.parametrize("table", ["settings", "trials"])
def test_in_an_export(new_run: Any, tmp_path: Path, table: str, ending: str) -> None:
    run(new_run).export(tmp_path, ["markdown", "latex"])
    text = (tmp_path / f"{table}.{ending}").read_text()
    assert in_words(OPTIMIZED) in text
    assert in_words(BOUNDED) in text
    assert "0.650" in text, "the mean of 0.64, 0.65 and 0.66, which is also the second seed's"


def test_in_a_report_and_a_comparison(new_run: Any) -> None:
    first, other = run(new_run), run(new_run)
    page = first.write_report().read_text(encoding="utf-8")
    table = Comparison.of([first, other]).best()
    for metric in (OPTIMIZED, BOUNDED):
        assert f">{in_words(metric)}</button>" in page, "a heading of the table of trials"
        assert in_words(metric) in table
