"""The answer, word by word."""

import json
from typing import Any

import pytest

from spreadtune.analysis.answer import SMOKE_CAUTION
from spreadtune.analysis.chosen import coarse_choices
from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.report import render
from spreadtune.analysis.results import Results

TRANSFER = {
    0.0: (0.930, 0.932, 0.934),
    0.56: (0.978, 0.980, 0.985),
    0.62: (0.980, 0.982, 0.979),
    1.0: (0.95, 0.95, 0.95),
}
CLASS = {0.0: 0.99, 0.56: 0.985, 0.62: 0.96, 1.0: 0.8}
SPREAD = {0.0: 0.06, 0.56: 0.13, 0.62: 0.22, 1.0: 0.98}


def small_sweep(new_run: Any, seeds: int = 3, search: str = "") -> Any:
    run = new_run(search) if search else new_run()
    for seed in range(seeds):
        for setting, alpha in enumerate(TRANSFER):
            measured = {
                "metric.transfer_accuracy": TRANSFER[alpha][seed],
                "metric.class_accuracy": CLASS[alpha],
                "metric.spread": SPREAD[alpha],
                "metric.train_spread": SPREAD[alpha] - 0.01,
            }
            run.trial(setting, seed, alpha=alpha, params={"objective.alpha": alpha}, **measured)
    return run


def test_the_answer_of_a_sweep(new_run: Any) -> None:
    run = small_sweep(new_run)
    for seed in range(3):
        run.reference(seed)
    # Means and half-widths by hand: t(0.975, 2) = 4.3027; the paired differences are .048, .048, .051 at alpha 0.56.
    assert run.write().answer().splitlines() == [
        "Best setting: alpha 0.56. Its transfer accuracy is 0.981 +- 0.009 (3 seeds, 95% interval).",
        "Against the one SupCon setting (alpha 0; pairs cross_view, denominator negatives: 0.932 +- 0.005) the paired "
        "difference is +0.049 +- 0.004 (3 shared seeds); the interval excludes 0, p = 0.0012 after Holm's correction "
        "for the 3 settings compared with it.",
        "That SupCon has all else equal to it, so this is the difference at equal values, too.",
        "Its class accuracy is 0.985 +- 0.000; minus the best SupCon's in pairs -0.005 +- 0.000.",
        "Spread there: 0.130 on validation images, 0.120 on training images, 0.099 predicted. "
        "Its alpha 0.56 lies inside the predicted window (0.519, 0.685), 25% of the way.",
        "Losses and window are those of pairs cross_view with denominator negatives; "
        "other schemes have other thresholds.",
        "For scale, on validation images: trained on fine labels (ceiling) 0.990 +- 0.005, raw pixels (floor) "
        "0.967 +- 0.005, random encoder (floor) 0.922 +- 0.005. What was trained on fine labels is SupCon (pairs "
        "cross_view, denominator negatives) at the file's temperature 0.5.",
        "Trials: 12 finished, 0 stopped early, 0 failed.",
        "Fine labels chose this setting: transfer accuracy needs the subclasses. Coarse labels alone (highest class "
        "accuracy inside the predicted window) would have chosen the same.",
        "These are validation numbers, not confirmed on test; the interval does not account for having chosen the best "
        "of 4 settings. Fresh seeds are the better answer: --resume --confirm 5.",
    ]


def test_below_three_seeds_there_is_no_interval(new_run: Any) -> None:
    lines = small_sweep(new_run, seeds=2).write().answer().splitlines()
    assert lines[0] == ("Best setting: alpha 0.62. Its transfer accuracy is 0.981 (2 seeds: too few for an interval).")
    assert lines[1].endswith("the paired difference is +0.050 (2 shared seeds: no interval).")
    assert "+-" not in "".join(lines)
    assert lines[-1] == (
        "These are validation numbers of 2 seeds, not confirmed on test; "
        "the best of 4 settings tends to look better than it is. Fresh seeds are the better "
        "answer: --resume --confirm 5."
    )
    assert "would have chosen alpha 0.56: 0.979." in lines[7]


def test_a_search_without_alpha_0_has_nothing_to_compare_with(search: Results) -> None:
    lines = search.answer().splitlines()
    assert (
        lines[1]
        == "There is no SupCon baseline in this run: no finished setting has alpha 0 and no reconstruction term."
    )
    assert "Trials: 14 finished, 8 stopped early, 1 failed, 1 unfinished." in lines


def test_coarse_labels_choose_inside_the_window_only(sweep: Results) -> None:
    frame = build_frame(sweep)
    [chosen] = coarse_choices(frame)
    # alpha 0 has the highest class accuracy of all, but is collapsed.
    assert frame.settings.loc[[chosen], "objective.alpha"].item() == 0.56


def test_ties_are_told(new_run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TRANSFER, 0.56, TRANSFER[0.62])
    monkeypatch.setitem(CLASS, 0.56, 0.97)
    monkeypatch.setitem(CLASS, 0.62, 0.97)
    lines = small_sweep(new_run).write().answer().splitlines()
    assert lines[0].endswith("(3 seeds, 95% interval). 1 other setting ties with it; the first was taken.")
    [fine] = [line for line in lines if line.startswith("Fine labels")]
    mean = sum(TRANSFER[0.62]) / 3
    assert fine.endswith(
        "Coarse labels alone (highest class accuracy inside the predicted window) leave 2 settings that tie, with "
        f"{mean:.3f} to {mean:.3f}; this one is among them."
    )


def test_a_metric_without_fine_labels_is_not_said_to_use_them(new_run: Any) -> None:
    search = (
        "\nsearch: {seeds: 3, optimize: {spread: minimize}, space: {objective.alpha: {grid: [0, 0.56, 0.62, 1]}}}\n"
    )
    answer = small_sweep(new_run, search=search).write().answer()
    assert answer.startswith("Best setting: alpha 0. Its spread is 0.060 +- 0.000 (3 seeds, 95% interval).")
    assert "Fine labels" not in answer


def test_nothing_finished_has_no_answer(nothing_finished: Results) -> None:
    assert nothing_finished.answer().splitlines() == [
        "No answer yet: no trial has finished with a transfer accuracy.",
        "Trials: 0 finished, 2 stopped early, 1 failed. The floors and ceiling of 1 seed failed and are missing.",
    ]


def test_failed_references_are_left_out(new_run: Any) -> None:
    run = small_sweep(new_run)
    run.reference(0, "FAIL")
    results = run.write()
    answer = results.answer()
    assert "For scale" not in answer
    assert answer.splitlines()[-3].endswith("0 failed. The floors and ceiling of 1 seed failed and are missing.")
    assert results.failures == 1


def test_a_failed_trial_that_was_repeated_counts_as_its_repetition(new_run: Any) -> None:
    run = small_sweep(new_run)
    values = {"params": {"objective.alpha": 1}, "alpha": 1.0, "seed": 7}
    run.trial(3, state="FAIL", **values)
    failed = run.trials[-1]["trial"]
    once = run.write()
    assert "1 failed" in once.answer()
    assert once.failures == 1
    run.trial(3, retry_of=failed, **values)
    twice = run.write()
    assert "0 failed" in twice.answer()
    assert twice.failures == 0


def test_diverged_trials_are_told_from_stopped_ones(new_run: Any) -> None:
    run = small_sweep(new_run)
    run.trial(3, 8, state="PRUNED", alpha=1.0, params={"objective.alpha": 1}, reason="diverged: loss is nan in epoch 2")
    assert "0 stopped early, 1 diverged, 0 failed." in run.write().answer()


def test_one_seed_has_no_interval_and_stopped_settings_were_tried_too(search: Results) -> None:
    lines = search.answer().splitlines()
    assert lines[0].endswith("(one seed: no interval).")
    # 24 settings, of which one failed and one still runs.
    assert lines[-1] == (
        "These are validation numbers of one seed, not confirmed on test; "
        "the best of 22 settings tends to look better than it is. Fresh seeds are the better "
        "answer: --resume --confirm 5."
    )


def test_a_single_setting_was_not_chosen(new_run: Any) -> None:
    run = new_run("\nsearch: {seeds: 3}\n")
    for seed in range(3):
        run.trial(0, seed, alpha=0.0, params={})
    assert run.write().answer().splitlines()[-1] == "These are validation numbers, not confirmed on test."


def test_the_window_has_three_decimals(new_run: Any) -> None:
    run = new_run()
    thresholds = {"theory.alpha_c": 3.62e-06, "theory.alpha_m": 0.9951}
    run.trial(0, alpha=0.56, params={"objective.alpha": 0.56}, **thresholds)
    assert "the predicted window (0.000, 0.995), 56% of the way." in run.write().answer()


@pytest.mark.parametrize(
    ("metric", "line"),
    [
        ("transfer_accuracy", "kNN transfer accuracy during training, which needs the subclasses too"),
        ("class_accuracy", "kNN class accuracy during training, which needs no subclasses"),
    ],
)
def test_what_early_stopping_looked_at_is_said(new_run: Any, metric: str, line: str) -> None:
    space = "space: {objective.alpha: {grid: [0, 0.56, 0.62, 0.9, 1]}}"
    search = f"\nsearch: {{seeds: 3, early_stopping: median, optimize: {{{metric}: maximize}}, {space}}}\n"
    run = small_sweep(new_run, search=search)
    run.trial(4, state="PRUNED", alpha=0.9, params={"objective.alpha": 0.9}, **{"metric.knn_transfer_accuracy": 0.999})
    written = run.write().answer()
    assert f"Early stopping looked at the {line}; means are over finished trials." in written.splitlines()
    assert "0.999" not in written, "a stopped trial is no candidate"
    assert "Early stopping looked" not in small_sweep(new_run).write().answer()


def test_what_measurements_suffer_from_stands_on_top_of_the_report_and_not_again_in_the_answer(new_run: Any) -> None:
    results = small_sweep(new_run).write()
    told = ["3 of 6 subclasses have <few> images", "59 of 60 images are of class a"]
    results.run.manifest_file.write_text(json.dumps(results.manifest | {"data_warnings": told}))
    weak = Results(results.run)
    assert "of 60 images" not in weak.answer()
    head = render(weak).split("<main>")[0]
    assert '<p class="caution">3 of 6 subclasses have &lt;few&gt; images.</p>' in head
    assert '<p class="caution">59 of 60 images are of class a.</p>' in head


def test_the_numbers_of_a_smoke_run_are_said_to_mean_nothing(new_run: Any) -> None:
    results = small_sweep(new_run).write()
    assert "mean nothing" not in results.answer()
    assert "mean nothing" not in render(results)
    results.run.manifest_file.write_text(json.dumps(results.manifest | {"profile": "smoke"}))
    smoke = Results(results.run)
    assert smoke.answer().splitlines()[-1] == SMOKE_CAUTION
    assert f'<p class="caution">{SMOKE_CAUTION}</p>' in render(smoke)
