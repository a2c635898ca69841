"""The tables that figures share."""

import math
from typing import Any

import pandas as pd
import pytest

from spreadtune.analysis.figures.numbers import axis_type, repetitions, setting_means
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


@pytest.mark.parametrize(
    ("domain", "kind"),
    [
        ("{log_uniform: [0.3, 0.6]}", "log"),
        ("{uniform: [0.001, 1]}", None),
        ("{choice: [0.001, 0.01]}", "log"),
        ("{choice: [0.3, 0.6]}", None),
        ("{choice: [0.0, 0.001, 0.01]}", None),
    ],
)
def test_axes_are_logarithmic_where_the_study_searches_so(new_run: Any, domain: str, kind: str | None) -> None:
    run = new_run(f"\nsearch: {{sampler: random, trials: 2, space: {{objective.autoencoder_weight: {domain}}}}}\n")
    for setting, weight in enumerate([0.1, 1.0]):
        run.trial(setting, alpha=0.0, params={"objective.autoencoder_weight": weight})
    assert axis_type(build_frame(run.write()), "objective.autoencoder_weight") == kind


def test_alpha_and_names_have_no_logarithmic_axis(search: Results) -> None:
    frame = build_frame(search)
    assert axis_type(frame, "objective.alpha") is None
    assert axis_type(frame, "model.head") is None
    assert axis_type(frame, "objective.autoencoder_weight") == "log"


def test_a_setting_at_zero_keeps_its_place(new_run: Any) -> None:
    run = new_run(
        "\nsearch: {sampler: random, trials: 1, space: {objective.autoencoder_weight: {log_uniform: [0.01, 10]}},"
        " variants: {with: {}, without: {set: {objective.autoencoder_weight: 0}}}}\n"
    )
    run.trial(0, variant="with", alpha=0.0, params={"objective.autoencoder_weight": 1.0})
    run.trial(0, variant="without", alpha=0.0, params={})
    assert axis_type(build_frame(run.write()), "objective.autoencoder_weight") is None


def test_captions_say_how_many_seeds_there_are() -> None:
    table = pd.DataFrame({"n": [1, 3], "x": [0.0, math.nan], "label": ["alpha 0", "variant plain"]})
    assert "n = 1 to 3; bars are 95% Student t intervals" in repetitions(table)
    assert repetitions(table).endswith("Not on this axis: variant plain.")
    assert repetitions(table.iloc[:1]) == "One trial a setting, so there is no interval."
    assert "too few for an interval" in repetitions(table.iloc[:1].assign(n=2))
