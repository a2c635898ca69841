"""What a report says first: the confirmation, word by word."""

from typing import Any

import pandas as pd
import pytest

from spreadtune.analysis.confirmation import confirmation
from spreadtune.analysis.confirmation_table import confirmation_tables
from spreadtune.analysis.figures import all_figures
from spreadtune.analysis.figures.confirmed import numbers
from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.report import render

SEARCH = """
search:
  seeds: 2
  space: {objective.alpha: {grid: [0.56, 0.62]}}
  variants: {spread: {}, supcon: {set: {objective.alpha: 0}}, weak: {set: {objective.alpha: 0.25}}}
  confirm: {seeds: 3}
"""
SEARCHED = {
    ("spread", 0): (0.95, 0.96),
    ("spread", 1): (0.98, 0.99),
    ("supcon", 0): (0.9, 0.91),
    ("weak", 0): (0.92, 0.93),
}
ALPHA = {("spread", 0): 0.56, ("spread", 1): 0.62, ("supcon", 0): 0.0, ("weak", 0): 0.25}
TEST = {
    ("spread", 1): (0.96, 0.97, 0.98),
    ("supcon", 0): (0.90, 0.91, 0.89),
    ("weak", 0): (0.95, 0.975, 0.97),
}
ABOVE = 0.005  # validation above test


def searched(new_run: Any, search: str = SEARCH) -> Any:
    run = new_run(search)
    for (variant, setting), values in SEARCHED.items():
        for seed, value in enumerate(values):
            add(run, variant, setting, seed, **{"metric.transfer_accuracy": value})
    return run


def add(run: Any, variant: str, setting: int, seed: int, **cells: Any) -> None:
    alpha = ALPHA[variant, setting]
    params = {"objective.alpha": alpha if variant == "spread" else None}
    run.trial(setting, seed, variant=variant, alpha=alpha, params=params, **cells)


def confirm(run: Any, variant: str, setting: int, values: Any, **cells: Any) -> None:
    for seed, value in enumerate(values):
        measured = {"metric.transfer_accuracy": value + ABOVE, "test.transfer_accuracy": value}
        add(run, variant, setting, seed, stage="confirm", **measured, **cells)


@pytest.fixture
def confirmed(new_run: Any) -> Any:
    run = searched(new_run)
    for (variant, setting), values in TEST.items():
        confirm(run, variant, setting, values)
    return run


def test_the_result_is_the_first_line(confirmed: Any) -> None:
    # By hand: t(0.975, 2) = 4.3027. Differences to SupCon .06 .06 .09, to weak .01 -.005 .01.
    assert confirmed.write().answer().splitlines()[:6] == [
        "spread (alpha 0.62): 0.970 +- 0.025 transfer accuracy against 0.900 +- 0.025 for SupCon (pairs cross_view, "
        "denominator negatives), 3 seeds, test.",
        "Paired with SupCon (pairs cross_view, denominator negatives) on test the difference is +0.070 +- 0.043 (3 "
        "shared seeds); effect size d_z 4.0, p = 0.04 after Holm's correction for 2 comparisons.",
        "Paired with weak on test the difference is +0.005 +- 0.022 (3 shared seeds); effect size d_z 0.6, p = 0.42 "
        "after Holm's correction for 2 comparisons.",
        "Optimism of the search's number for it, 0.985 (2 seeds): +0.015, of which +0.005 +- 0.000 is validation minus "
        "test of the same encoders and +0.010 the luck by which it was chosen (the search minus fresh seeds, both on "
        "validation).",
        "This run opened the test split once, after its search, for 3 settings.",
        "Chosen by the search on validation images: variant spread (alpha 0.62). Its transfer accuracy is 0.985 "
        "(2 seeds: too few for an interval).",
    ]


@pytest.mark.parametrize(
    ("seeds", "told"),
    [
        ((0,), "on test the difference is +0.060 (1 shared seed)."),
        ((), "On test it shares no seed with SupCon (pairs cross_view, denominator negatives), so there is no paired"),
    ],
)
def test_few_or_no_shared_seeds_have_no_interval(new_run: Any, seeds: tuple[int, ...], told: str) -> None:
    """As where workers of some seeds have failed for the one setting, and of the others for the other."""
    run = searched(new_run)
    metrics = ("metric.transfer_accuracy", "test.transfer_accuracy")
    for seed in range(3):
        for variant, setting, at in (("spread", 1, seed), ("supcon", 0, seed if seed in seeds else seed + 3)):
            value = TEST[variant, setting][seed]
            add(run, variant, setting, at, stage="confirm", **dict.fromkeys(metrics, value))
    second = run.write().answer().splitlines()[1]
    assert told in second
    assert "+-" not in second


def test_floors_and_ceiling_on_test_stand_beside_the_result(confirmed: Any) -> None:
    confirmed.reference(0)
    confirmed.reference(0, stage="confirm")
    results = confirmed.write()
    lines = [line for line in results.answer().splitlines() if line.startswith("For scale")]
    scheme = "pairs cross_view, denominator negatives"
    trained = f"What was trained on fine labels is SupCon ({scheme}) at the file's temperature 0.5."
    assert lines == [
        "For scale, on test images: trained on fine labels (ceiling) 0.978, raw pixels (floor) 0.955, random encoder "
        f"(floor) 0.910. {trained}",
        "For scale, on validation images: trained on fine labels (ceiling) 0.988, raw pixels (floor) 0.965, random "
        f"encoder (floor) 0.920. {trained}",
    ]
    found = all_figures(build_frame(results))[0]
    assert found.caption.endswith(" Gray lines are floors and ceiling, n = 1.")
    assert sorted(line.y0 for line in found.plot.layout.shapes) == pytest.approx([0.91, 0.955, 0.978])
    assert found.plot.layout.shapes[0].name == "trained on fine labels (ceiling)"
    assert max(max(trace.y) for trace in found.plot.data) >= 0.978, "the axis makes room for the lines"


def test_a_failed_one_of_the_confirmation_is_told(confirmed: Any) -> None:
    confirmed.reference(0)
    confirmed.reference(0, "FAIL", "confirm")
    results = confirmed.write()
    assert "The floors and ceiling of 1 seed failed and are missing." in results.answer()
    assert "Floors and ceiling that failed: confirmation seed 0: out of memory." in render(results)


def test_where_the_chosen_setting_breaks_the_bounds_that_is_the_first_line(new_run: Any) -> None:
    run = searched(new_run, SEARCH + "  subject_to: {transfer_accuracy: '> 0.999'}\n")
    confirm(run, "spread", 1, TEST["spread", 1])
    first, second, *_ = run.write().answer().splitlines()
    assert first == "No finished setting keeps transfer accuracy > 0.999."
    assert second.startswith("spread (alpha 0.62): 0.970 +- 0.025 transfer accuracy, 3 seeds, test.")


def test_confirmed_trials_enter_nothing_of_the_search(confirmed: Any, new_run: Any) -> None:
    alone, both = searched(new_run).write(), confirmed.write()
    frames = build_frame(alone), build_frame(both)
    columns = ["n", "metric.transfer_accuracy", "metric.class_accuracy"]
    pd.testing.assert_frame_equal(frames[0].means[["n", "metric.transfer_accuracy"]], frames[1].means[columns[:2]])
    assert len(frames[1].finished) == len(frames[0].finished) == 8
    assert frames[0].best == frames[1].best == ("spread", 1)
    counts = [next(line for line in run.answer().splitlines() if line.startswith("Trials: ")) for run in (alone, both)]
    assert counts[0] == counts[1] == "Trials: 8 finished, 0 stopped early, 0 failed."
    assert (frames[1].progress.search.ended, frames[1].progress.confirmation.ended) == (8, 9)
    drawn = {figure.name: figure.numbers for figure in all_figures(frames[1])}
    for figure in all_figures(frames[0]):
        assert len(drawn[figure.name]) == len(figure.numbers), figure.name


def test_a_better_test_number_of_another_variant_does_not_choose_it(new_run: Any) -> None:
    run = searched(new_run)
    confirm(run, "spread", 1, (0.90, 0.91, 0.92))
    confirm(run, "weak", 0, (0.95, 0.96, 0.98))
    found = confirmation(build_frame(run.write()))
    assert found is not None
    assert found.chosen.variant == "spread"
    assert found.against[0].found.difference.mean < 0


def test_before_the_best_is_confirmed_the_answer_says_so(new_run: Any) -> None:
    run = searched(new_run)
    confirm(run, "weak", 0, (0.95, 0.96, 0.98))
    confirm(run, "spread", 0, (0.95, 0.96, 0.98))
    confirm(run, "spread", 1, (0.95,), state="FAIL")
    lines = run.write().answer().splitlines()
    assert lines[0].startswith("Best setting: variant spread (alpha 0.62).")
    assert "not confirmed on test" in lines[-1]


def test_a_former_best_that_was_confirmed_is_told(confirmed: Any) -> None:
    confirmed.trials = confirmed.trials[:8]
    confirm(confirmed, "spread", 0, (0.95, 0.96))
    for (variant, setting), values in TEST.items():
        confirm(confirmed, variant, setting, values)
    results = confirmed.write()
    assert (
        "This run opened the test split more than once: 1 former best setting had been confirmed before another was "
        "chosen, so these numbers are not the first that were seen."
    ) in results.answer()
    found = confirmation(build_frame(results))
    assert found is not None
    openings = [(opening.values, opening.trials) for opening in found.openings if opening.variant == "spread"]
    assert openings == [("alpha 0.56", (8, 9)), ("alpha 0.62", (10, 11, 12))]
    reopened = confirmation_tables(found)[-1]
    assert "10, 11, 12" in [cell.text for column in reopened for cell in column]


def test_a_supcon_of_the_same_variant_is_the_baseline(new_run: Any) -> None:
    space = "{objective.temperature: {grid: [0.1, 0.5]}, objective.alpha: {grid: [0, 0.62]}}"
    run = new_run(f"\nsearch: {{seeds: 2, space: {space}, confirm: {{seeds: 3}}}}\n")

    def add_trial(setting: int, seed: int, value: float, **cells: Any) -> None:
        temperature, alpha = (0.1, 0.1, 0.5, 0.5)[setting], (0.0, 0.62, 0.0, 0.62)[setting]
        params = {"objective.temperature": temperature, "objective.alpha": alpha}
        measured = {"metric.transfer_accuracy": value, **cells}
        run.trial(setting, seed, alpha=alpha, temperature=temperature, params=params, **measured)

    for setting, value in enumerate((0.95, 0.97, 0.91, 0.98)):
        for seed in range(2):
            add_trial(setting, seed, value)
    for setting, values in ((3, (0.97, 0.98, 0.99)), (0, (0.93, 0.94, 0.96))):
        for seed, value in enumerate(values):
            add_trial(setting, seed, value + ABOVE, stage="confirm", **{"test.transfer_accuracy": value})
    results = run.write()
    found = confirmation(build_frame(results))
    assert found is not None
    assert found.baseline is not None
    assert (found.chosen.setting, found.baseline.setting, found.former) == (3, 0, [])
    lines = results.answer().splitlines()
    assert lines[0] == (
        "alpha 0.62, temperature 0.5: 0.980 +- 0.025 transfer accuracy against 0.943 +- 0.038 for SupCon (pairs "
        "cross_view, denominator negatives), 3 seeds, test."
    )
    assert "opened the test split once, after its search, for 2 settings." in results.answer()
    drawn = all_figures(build_frame(results))[0]
    baseline = "main, SupCon (pairs cross_view, denominator negatives)"
    assert list(drawn.plot.layout.xaxis.tickvals) == ["main", baseline]
    assert list(dict.fromkeys(drawn.numbers["called"])) == ["main", baseline]


def test_one_variant_has_nothing_beside_it(new_run: Any) -> None:
    run = new_run(SEARCH.replace("variants", "# variants"))
    ALPHAS = {"params": {"objective.alpha": 0.62}, "alpha": 0.62}
    run.trial(1, 0, **ALPHAS)
    run.trial(1, 0, **ALPHAS, stage="confirm", **{"test.transfer_accuracy": 0.93, "metric.transfer_accuracy": 0.94})
    run.trials[0]["param.objective.alpha"] = 0.62
    first, *_ = run.write().answer().splitlines()
    assert first.endswith(": 0.930 transfer accuracy, 1 seed, too few for an interval, test.")


def test_the_figure_has_a_point_for_every_seed_of_every_variant(confirmed: Any) -> None:
    frame = build_frame(confirmed.write())
    found = confirmation(frame)
    assert found is not None
    table = numbers(found)
    assert list(table.columns) == ["variant", "called", "values", "seed", "test", "validation"]
    assert list(table["variant"]) == ["spread"] * 3 + ["supcon"] * 3 + ["weak"] * 3
    assert list(table["test"]) == [value for values in TEST.values() for value in values]
    drawn = all_figures(frame)[0]
    assert drawn.name == "confirmed"
    assert [list(trace.y) for trace in drawn.plot.data][:3] == [
        [0.96, 0.90, 0.95],
        [0.97, 0.91, 0.975],
        [0.98, 0.89, 0.97],
    ]


def test_what_it_costs_in_class_accuracy_stands_in_the_table(new_run: Any, confirmed: Any) -> None:
    run = searched(new_run)
    confirm(run, "spread", 1, TEST["spread", 1], **{"test.class_accuracy": 0.97})
    [columns, *_] = confirmation_tables(found_in(run))
    assert [cell.text for cell in columns[-1]] == ["0.970 ± 0.000"]
    [columns, *_] = confirmation_tables(found_in(confirmed))
    assert columns[-1].heading == "luck", "not measured there"


def found_in(run: Any) -> Any:
    return confirmation(build_frame(run.write()))


def test_the_report_has_its_section_and_its_columns(confirmed: Any, new_run: Any) -> None:
    page = render(confirmed.write())
    assert page.index("0.970 ± 0.025 transfer accuracy") < page.index("Paired with SupCon")
    assert '<h2 id="confirmation">' in page
    assert "<td>spread − supcon, SupCon (pairs cross_view, denominator negatives)</td>" in page
    assert ">transfer accuracy, test</button>" in page
    assert "has been opened for the confirmation alone" in page
    before = render(searched(new_run).write())
    assert '<h2 id="confirmation">' not in before
    assert "has not been opened" in before
