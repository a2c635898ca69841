"""``docs/report.md`` lists what a report has: every figure and every line of the answer, and nothing else."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spreadtune.analysis.answer import answer
from spreadtune.analysis.figures import NAMES, all_figures
from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.results import Results
from spreadtune.analysis.variants import MOST_TOLD
from tests.analysis.paper_runs import paper_run
from tests.analysis.temperatures import temperatures
from tests.analysis.test_confirmation import SEARCH, TEST, add, confirm, searched

PAGE = (Path(__file__).parents[2] / "docs" / "report.md").read_text(encoding="utf-8")


def openings() -> dict[str, re.Pattern[str]]:
    """How lines of the answer begin, as the page's table says; ``...`` stands for anything."""
    table = PAGE.partition("| line | what it says |\n|---|---|\n")[2].partition("\n\n")[0]
    cells = [row.split(" | ")[0].removeprefix("| ") for row in table.splitlines()]
    return {
        each: re.compile(".*".join(map(re.escape, each.split("...")))) for cell in cells for each in cell.split("; ")
    }


def bounded(new_run: Any, bound: str, optimize: str = "class_accuracy") -> Results:
    """A search by a coarse metric under a bound, stopped early here and there; some alphas, none of them 0."""
    run = new_run(f"""
search:
  sampler: random
  trials: 4
  early_stopping: median
  space: {{objective.alpha: {{uniform: [0, 1]}}}}
  optimize: {{{optimize}: maximize}}
  subject_to: {{{bound}}}
""")
    for setting, alpha in enumerate([0.25, 0.56, 0.62, 0.9]):
        run.trial(setting, alpha=alpha, params={"objective.alpha": alpha}, state=["COMPLETE", "PRUNED"][setting == 3])
    written: Results = run.write()
    return written


def clamped_by_groups(new_run: Any) -> Results:
    """Clamped positives, and a choice by the worst group."""
    run = new_run("""
search:
  variants: {clamped: {set: {objective.positive_logit_clamp: 1.0}}}
  optimize: {worst_group_accuracy: maximize}
""")
    run.trial(0, variant="clamped", alpha=0.0, params={}, **{"metric.worst_group_accuracy": 0.4})
    written: Results = run.write()
    return written


def against(new_run: Any, others: int) -> Results:
    """A variant against so many others."""
    names = [f"other{number}" for number in range(others)]
    listed = "\n".join(f"    {name}: {{set: {{training.epochs: {number + 2}}}}}" for number, name in enumerate(names))
    run = new_run(f"\nsearch:\n  seeds: 3\n  variants:\n    one: {{against: [{', '.join(names)}]}}\n{listed}\n")
    for seed in range(3):
        for variant in ("one", *names):
            run.trial(0, seed, variant=variant, alpha=0.0, params={})
    written: Results = run.write()
    return written


@pytest.fixture
def answers(
    sweep: Results, search: Results, variants: Results, goals: Results, new_run: Callable[..., Any]
) -> list[str]:
    """The lines of many runs' answers."""
    reference_best = new_run("\nsearch: {space: {objective.alpha: {grid: [0, 1]}}}\n")
    for setting, alpha in enumerate([0.0, 1.0]):
        value = {"metric.transfer_accuracy": 1 - alpha, "metric.spread": None}
        reference_best.trial(setting, alpha=alpha, params={"objective.alpha": alpha}, **value)
    confirmed, unpaired = searched(new_run), searched(new_run)
    for (variant, setting), values in TEST.items():
        confirm(confirmed, variant, setting, values)
    for seed, (variant, setting) in enumerate([("spread", 1), ("supcon", 0)]):
        measured = {"metric.transfer_accuracy": 0.9, "test.transfer_accuracy": 0.9}
        add(unpaired, variant, setting, seed, stage="confirm", **measured)
    alone = searched(new_run)
    alone.trials = [line for line in alone.trials if line["variant"] == "spread"]
    confirm(alone, "spread", 1, TEST["spread", 1])
    few, many = against(new_run, 1), against(new_run, MOST_TOLD + 1)
    elsewhere = temperatures(new_run)  # its SupCon is at the other temperature than its best
    elsewhere.trials = [line for line in elsewhere.trials if line["setting"] in (0, 4)]
    runs = [
        *(temperatures(new_run).write(), elsewhere.write(), alone.write()),
        *(sweep, search, variants, goals, reference_best.write()),
        *(confirmed.write(), unpaired.write(), paper_run(new_run).write()),
        bounded(new_run, 'spread: "< 10"'),
        bounded(new_run, 'spread: "< -1"'),
        *(clamped_by_groups(new_run), few, many),
    ]
    return [line for run in runs for line in answer(build_frame(run))]


def test_every_line_of_an_answer_has_its_row_and_every_row_its_line(answers: list[str]) -> None:
    said = openings()
    for line in answers:
        assert any(pattern.match(line) for pattern in said.values()), line
    never = [text for text, pattern in said.items() if not any(pattern.match(line) for line in answers)]
    assert not never


def test_every_figure_is_described_in_the_order_of_the_report() -> None:
    described = PAGE.partition("## The figures")[2].partition("\n## ")[0]
    assert tuple(re.findall(r"^\d\. \*\*.+?\*\* \(`([\w-]+)`\)", described, re.MULTILINE)) == NAMES


def test_figures_have_the_names_they_are_listed_by(search: Results, goals: Results, new_run: Any) -> None:
    confirmed = searched(new_run, SEARCH)
    confirm(confirmed, "spread", 1, TEST["spread", 1])
    for run in (search, goals, confirmed.write()):
        drawn = [figure.name for figure in all_figures(build_frame(run))]
        assert drawn == [name for name in NAMES if name in drawn]
