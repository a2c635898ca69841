"""Means of settings over seeds."""

import pytest

from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.means import setting_means
from spreadtune.analysis.results import Results
from spreadtune.analysis.statistics import interval


def test_setting_means_are_means_and_half_widths_over_seeds(sweep: Results) -> None:
    table = setting_means(build_frame(sweep), ["transfer_accuracy"]).set_index("x")
    values = sweep.trials.loc[sweep.trials["param.objective.alpha"] == 0.62, "metric.transfer_accuracy"]
    found = interval(values)
    assert table.loc[0.62, "transfer_accuracy"] == pytest.approx(found.mean)
    assert table.loc[0.62, "transfer_accuracy.half_width"] == pytest.approx(found.half_width)
    assert table.loc[0.62, "n"] == 3
    assert list(table.index) == [0, 0.25, 0.45, 0.56, 0.62, 0.75, 0.9, 1]


def test_metrics_that_nobody_measured_have_no_column(sweep: Results) -> None:
    assert "reconstruction_error" not in setting_means(build_frame(sweep), ["reconstruction_error"])
