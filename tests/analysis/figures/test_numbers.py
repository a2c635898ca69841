"""The tables that figures share."""

import math

import pandas as pd
import pytest

from spreadtune.analysis.figures.numbers import axis_type, reference_means, repetitions, setting_means
from spreadtune.analysis.frame import build_frame
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


def test_references_are_means_over_the_seeds_that_finished(sweep: Results) -> None:
    references = sweep.references.assign(state=["COMPLETE", "FAIL", "COMPLETE"])
    table = reference_means(references, "transfer_accuracy").set_index("reference")
    assert table.loc["raw pixels (floor)", "mean"] == pytest.approx((0.965 + 0.969) / 2)
    assert table.loc["raw pixels (floor)", "n"] == 2
    assert math.isnan(table.loc["raw pixels (floor)", "half_width"])
    assert len(table) == 3


def test_no_references_give_no_lines(variants: Results, nothing_finished: Results) -> None:
    assert reference_means(variants.references, "transfer_accuracy").empty
    assert reference_means(nothing_finished.references, "transfer_accuracy").empty


@pytest.mark.parametrize(
    ("path", "values", "kind"),
    [
        ("objective.temperature", [0.05, 1.0], "log"),
        ("objective.temperature", [0.3, 1.0], None),
        ("objective.alpha", [0.001, 1.0], None),
        ("objective.autoencoder_weight", [0.0, 10.0], None),
        ("model.head", ["none", "linear"], None),
        ("objective.temperature", [], None),
    ],
)
def test_axes_are_logarithmic_over_wide_positive_ranges(path: str, values: list[object], kind: str | None) -> None:
    assert axis_type(path, pd.Series(values)) == kind


def test_captions_say_how_many_seeds_there_are() -> None:
    table = pd.DataFrame({"n": [1, 3], "x": [0.0, math.nan], "label": ["alpha 0", "variant plain"]})
    assert "n = 1 to 3; bars are 95% Student t intervals" in repetitions(table)
    assert repetitions(table).endswith("Not on this axis: variant plain.")
    assert repetitions(table.iloc[:1]) == "One trial a setting, so there is no interval."
    assert "too few for an interval" in repetitions(table.iloc[:1].assign(n=2))
