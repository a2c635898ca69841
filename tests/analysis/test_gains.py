"""Every setting's differences from SupCon, and Holm's correction of them all."""

import math
from typing import Any

import pandas as pd
import pytest
from scipy import stats

from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.gains import gains
from spreadtune.analysis.results import Results
from tests.analysis.temperatures import TRANSFER, temperatures


def slow_holm(p_values: list[float]) -> list[float]:
    """Sort; the i-th of m is multiplied by m - i + 1, never below its predecessor, never above 1 (Holm, 1979)."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    adjusted = [0.0] * len(p_values)
    for rank, place in enumerate(order):
        before = adjusted[order[rank - 1]] if rank else 0.0
        adjusted[place] = max(before, min(1.0, (len(order) - rank) * p_values[place]))
    return adjusted


@pytest.fixture(scope="module")
def table(new_run: Any) -> pd.DataFrame:
    found: pd.DataFrame = temperatures(new_run).write().gains().droplevel("variant")
    return found


def test_a_gain_is_the_paired_difference_from_the_best_supcon(table: pd.DataFrame) -> None:
    # Alpha 0.62 at temperature 0.5 minus alpha 0 at 0.1: .030, .022, .028; t(0.975, 2) = 4.3027.
    assert table.loc[4, "gain"] == pytest.approx(0.08 / 3)
    spread = math.sqrt(sum((d - 0.08 / 3) ** 2 for d in (0.030, 0.022, 0.028)) / 2)
    assert table.loc[4, "gain.half_width"] == pytest.approx(4.30265 * spread / math.sqrt(3), rel=1e-5)
    assert table.loc[4, "gain.n"] == 3
    # At equal temperature: .080, .072, .073.
    assert table.loc[4, "equal_gain"] == pytest.approx(0.075)
    # Class accuracy: .96 - .00062 seed against .99.
    assert table.loc[4, "class_gain"] == pytest.approx(-0.03062)


def test_supcon_itself_is_compared_with_nothing_and_another_supcon_is_no_part_of_the_family(
    table: pd.DataFrame,
) -> None:
    assert table.index[table["supcon"]].tolist() == [0, 3]
    assert table.loc[0, ["gain", "gain.half_width", "equal_gain", "gain.p", "gain.p_holm"]].isna().all()
    assert table.loc[0, "gain.n"] == 0
    assert table.loc[3, "gain"] == pytest.approx(-0.145 / 3)
    assert math.isnan(table.loc[3, "gain.p_holm"])
    assert math.isnan(table.loc[3, "equal_gain"])


def test_p_values_are_scipy_s_and_corrected_over_all_compared_settings(table: pd.DataFrame) -> None:
    values = list(TRANSFER.values())
    compared = [1, 2, 4, 5]
    expected = [stats.ttest_rel(values[setting], values[0]).pvalue for setting in compared]
    assert table.loc[compared, "gain.p"].tolist() == pytest.approx(expected)
    assert table.loc[compared, "gain.p_holm"].tolist() == pytest.approx(slow_holm(expected))
    assert table.loc[4, "gain.p_holm"] > 2 * table.loc[4, "gain.p"]


def test_below_three_shared_seeds_there_is_a_mean_alone(new_run: Any) -> None:
    row = temperatures(new_run, seeds=2).write().gains().droplevel("variant").loc[4]
    assert row["gain"] == pytest.approx(0.026)
    assert row[["gain.half_width", "gain.p", "gain.p_holm"]].isna().all()


def test_seeds_that_one_of_them_lacks_are_left_out(new_run: Any) -> None:
    run = temperatures(new_run)
    run.trials = [line for line in run.trials if (line["setting"], line["seed"]) != (0, 1)]
    row = run.write().gains().droplevel("variant").loc[4]
    assert row["gain.n"] == 2
    assert row["gain"] == pytest.approx(0.029)
    assert row["equal_gain.n"] == 3


def test_without_supcon_there_are_no_gains(search: Results) -> None:
    frame = build_frame(search)
    table = gains(frame)
    assert len(table) == len(frame.means)
    assert table[["gain", "equal_gain", "class_gain", "gain.p_holm"]].isna().all(axis=None)


def test_any_run_has_a_row_for_each_finished_setting(any_run: Results) -> None:
    frame = build_frame(any_run)
    assert list(gains(frame).index) == list(frame.means.index)
