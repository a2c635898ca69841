"""The best settings beside SupCon, row by row."""

from typing import Any

import pandas as pd
import pytest

from spreadtune.analysis.best_table import best_columns, best_note, best_settings
from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.report import render
from spreadtune.analysis.results import Results
from tests.analysis.temperatures import TRANSFER, temperatures


def cells(results: Results) -> pd.DataFrame:
    frame = build_frame(results)
    columns = best_columns(frame, best_settings(frame))
    return pd.DataFrame({each.heading: [cell.text for cell in each] for each in columns})


def test_the_best_supcon_then_the_best_of_each_temperature(new_run: Any) -> None:
    found = cells(temperatures(new_run).write())
    assert found.to_numpy().tolist() == [
        ["best SupCon (pairs cross_view, denominator negatives)", "alpha 0, temperature 0.1", "3", "0.956 +- 0.015",
         "–", "–", "–", "0.990 +- 0.000", "–"],
        ["temperature 0.1", "alpha 0.62, temperature 0.1", "3", "0.975 +- 0.012", "+0.020 +- 0.006", "0.022",
         "+0.020 +- 0.006", "0.959 +- 0.002", "-0.031 +- 0.002"],
        ["temperature 0.5, best of all", "alpha 0.62, temperature 0.5", "3", "0.982 +- 0.005", "+0.027 +- 0.010",
         "0.024", "+0.075 +- 0.011", "0.959 +- 0.002", "-0.031 +- 0.002"],
    ]  # fmt: skip
    assert list(found) == [
        *("", "setting", "n", "transfer accuracy", "gain over best SupCon", "p (Holm)", "gain at equal values"),
        *("class accuracy", "class accuracy minus best SupCon's"),
    ]


def test_the_best_of_a_temperature_is_the_best_by_the_rule_whatever_it_costs(
    new_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TRANSFER, (0.5, 1.0), (0.990, 0.991, 0.992))
    row = cells(temperatures(new_run).write()).iloc[-1]
    assert row["setting"] == "alpha 1, temperature 0.5"
    assert row["class accuracy minus best SupCon's"] == "-0.191 +- 0.002"


def test_drawn_temperatures_have_one_row_and_no_baseline_is_told(search: Results) -> None:
    found, frame = cells(search), build_frame(search)
    assert list(found[""]) == ["all settings, best of all"]
    assert "gain over best SupCon" not in found
    assert "There is no SupCon baseline in this run" in best_note(frame)


def test_variants_of_drawn_settings_have_a_row_each(new_run: Any) -> None:
    space = "space: {objective.temperature: {log_uniform: [0.1, 1]}, objective.alpha: {uniform: [0, 1]}}"
    several = "variants: {spread: {}, supcon: {set: {objective.alpha: 0}}}"
    run = new_run(f"\nsearch: {{sampler: tpe, trials: 4, {space}, {several}}}\n")
    for setting, temperature in enumerate((0.12, 0.3, 0.7)):
        params = {"objective.temperature": temperature, "objective.alpha": 0.6}
        run.trial(setting, variant="spread", alpha=0.6, temperature=temperature, params=params)
        run.trial(
            setting, variant="supcon", alpha=0.0, temperature=temperature, params=params | {"objective.alpha": None}
        )
    groups = list(best_settings(build_frame(run.write()))["group"])
    assert groups == ["best SupCon (pairs cross_view, denominator negatives)", "variant spread"], (
        "the best of variant supcon is the first row"
    )


def test_the_note_says_how_it_was_chosen_and_what_would_be_better(new_run: Any) -> None:
    note = best_note(build_frame(temperatures(new_run).write()))
    assert note == (
        "Best settings by transfer accuracy, on validation images, beside the best of 2 SupCon settings (alpha 0, no "
        "reconstruction), chosen by the same rule. Differences are paired over shared seeds; at equal values only "
        "alpha and autoencoder weight differ. p: paired t test, after Holm's correction for the 4 settings compared "
        "with it. Fresh seeds (--resume --confirm N) are the better answer."
    )


def test_the_report_has_the_table_and_every_setting_to_unfold(new_run: Any) -> None:
    page = render(temperatures(new_run).write())
    section = page.partition('<h2 id="supcon">Beside SupCon</h2>')[2].partition("</section>")[0]
    assert "Holm&#39;s correction for the 4 settings" in section
    assert "+0.027 ± 0.010" in section
    unfolded = section.partition("<summary>Every setting beside the best SupCon</summary>")[2]
    assert unfolded.count("<tr>") == 1 + len(TRANSFER)


def test_nothing_finished_has_no_table(nothing_finished: Results) -> None:
    assert best_settings(build_frame(nothing_finished)).empty
    assert 'id="supcon"' not in render(nothing_finished)


def test_any_run_has_the_best_setting_in_it(any_run: Results) -> None:
    table, frame = any_run.best(), build_frame(any_run)
    assert table.empty if frame.best is None else table["best"].any()
