"""The shipped sweep, whole: do trained encoders do what theory and paper say, and does the report tell it?

``SPREADTUNE_SWEEP`` may name a run folder of it that is there already; otherwise it is run here.
"""

import os
import re
from pathlib import Path

import pytest

import spreadtune
from spreadtune.analysis.results import Results
from tests.workplace import Workplace

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Results:
    if folder := os.environ.get("SPREADTUNE_SWEEP"):
        return spreadtune.load_results(folder)
    workplace = Workplace(tmp_path_factory.mktemp("sweep"))
    code, output = workplace.run("run", "digits_alpha_sweep", timeout=1200)
    assert code == 0, output
    return spreadtune.load_results(workplace.newest("digits_alpha_sweep").path)


def test_every_setting_was_trained_with_every_seed(sweep: Results) -> None:
    pairs = sweep.trials.groupby(["param.objective.temperature", "param.objective.alpha"])["seed"].apply(sorted)
    assert len(pairs) == 8
    assert all(seeds == [0, 1, 2] for seeds in pairs)
    assert set(sweep.trials["state"]) == {"COMPLETE"}
    assert list(sweep.references["state"]) == ["COMPLETE"] * 3


def test_classes_collapse_below_the_window_and_are_spread_above_it(sweep: Results) -> None:
    warm = sweep.trials[sweep.trials["param.objective.temperature"] == 0.5]
    means = warm.groupby("param.objective.alpha")[["metric.train_spread", "theory.alpha_c", "theory.alpha_m"]].mean()
    below = means[means.index < means["theory.alpha_c"] - 0.03]
    above = means[means.index > means["theory.alpha_m"] + 0.03]
    inside = means[(means.index > means["theory.alpha_c"]) & (means.index < means["theory.alpha_m"])]
    assert [len(below), len(inside), len(above)] == [2, 1, 1]
    assert (below["metric.train_spread"] < 0.2).all(), below
    assert (above["metric.train_spread"] > 0.6).all(), above


def test_spread_buys_transfer_at_equal_temperature_and_over_the_best_supcon(sweep: Results) -> None:
    best = sweep.best()
    rows = best[~best["supcon"].astype(bool)]
    assert list(rows["group"]) == ["temperature 0.1", "temperature 0.5"]
    assert (rows["equal_gain"] > 0).all(), rows
    assert (rows["gain"] > 0).all(), rows
    warm = rows.set_index("group").loc["temperature 0.5"]
    assert warm["equal_gain"] > warm["equal_gain.half_width"], "three seeds tell it there, on every processor so far"
    assert best.loc[0, "label"].endswith("temperature 0.1"), "SupCon wants the lower one"


def test_the_report_has_every_part(sweep: Results) -> None:
    report = Path(sweep.write_report()).read_text()
    for part in ("Answer", "Figure 1", "Figure 2", "Figure 3", "Departure from theory", "How this run came about"):
        assert part in report
    assert report.count("COMPLETE") >= 24
    assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)\s*=\s*[\"']?https?:", report)


def test_a_replay_is_bitwise(sweep: Results) -> None:
    from spreadtune.trial.replay import replay

    comparison = replay(sweep.trial(4).folder)
    assert comparison.exact
    assert comparison.differing() == []
