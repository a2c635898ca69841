"""The rule of success, against a slow transcription."""

import math
from statistics import fmean, variance

import pytest

from spreadtune.simulation import Judge
from tests.simulation.landscapes import PAIRS, SEEDS, WARMUPS, end, recorded


def test_success_is_within_one_pooled_standard_error_of_the_best() -> None:
    judge = Judge.of(recorded(), SEEDS)
    values = {(w, p): [end(w, p, seed) for seed in SEEDS] for w in WARMUPS for p in PAIRS}
    means = {setting: fmean(found) for setting, found in values.items()}
    error = math.sqrt(fmean(variance(found) for found in values.values()) / len(SEEDS))
    assert judge.standard_error == pytest.approx(error)
    assert judge.best == pytest.approx(max(means.values()))
    assert judge.successes == [setting for setting, mean in means.items() if mean >= max(means.values()) - error]
    assert judge.regret((0, "all")) == pytest.approx(max(means.values()) - means[0, "all"])
    assert not judge.success(None)


def test_a_setting_that_diverged_is_no_success() -> None:
    judge = Judge.of(recorded(diverged=(4, "cross_view")), SEEDS)
    assert math.isnan(judge.regret((4, "cross_view")))
    assert not judge.success((4, "cross_view"))
    assert judge.best < Judge.of(recorded(), SEEDS).best
