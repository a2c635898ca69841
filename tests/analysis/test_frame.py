"""Settings with every value filled in."""

import numpy as np
import pytest

from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.results import Results
from spreadtune.spec.seed import Seed

BASELINES = """
search:
  seeds: 1
  space: {training.learning_rate: {grid: [0.001, 0.01]}}
"""

OTHER_OBJECTIVE = """
search:
  seeds: 1
  space: {objective.alpha: {grid: [0.56, 0.62]}}
  variants:
    spread: {}
    plain: {set: {objective: cross_entropy}, space: {training.learning_rate: {grid: [0.001]}}}
"""


def test_a_baseline_variant_gets_the_values_it_fixed(variants: Results) -> None:
    frame = build_frame(variants)
    baseline = frame.settings.loc[("supcon", 0)]
    assert np.isnan(variants.trials.set_index("variant").loc["supcon", "param.objective.alpha"]).all()
    assert (baseline["objective.alpha"], baseline["objective.temperature"]) == (0.0, 0.5)
    assert baseline["label"] == "variant supcon (alpha 0, temperature 0.5)"


def test_lines_connect_settings_that_differ_in_the_main_parameter_alone(variants: Results) -> None:
    frame = build_frame(variants)
    assert frame.x == "objective.alpha"
    assert frame.searched == ["objective.alpha", "objective.temperature"]
    groups = frame.settings.groupby("group").size()
    assert dict(groups) == {
        "variant spread (temperature 0.1)": 3,
        "variant spread (temperature 0.5)": 3,
        "variant supcon (temperature 0.5)": 1,
    }
    assert set(frame.settings["line"]) == {"variant spread", "variant supcon"}


def test_settings_with_one_prediction_share_a_scheme(variants: Results) -> None:
    frame = build_frame(variants)
    assert sorted(scheme.temperature for scheme in frame.schemes) == [0.1, 0.5]
    assert all(recorded.class_counts == (64, 64) for recorded in frame.schemes.values())


def test_categories_come_after_numbers(search: Results) -> None:
    assert build_frame(search).searched == [
        "objective.alpha",
        "objective.temperature",
        "objective.autoencoder_weight",
        "model.head",
    ]


def test_without_alpha_the_first_searched_number_is_the_main_parameter(new_run) -> None:  # type: ignore[no-untyped-def]
    run = new_run(BASELINES)
    for setting, rate in enumerate([0.001, 0.01]):
        run.trial(setting, alpha=0.0, params={"training.learning_rate": rate})
    frame = build_frame(run.write())
    assert frame.x == "training.learning_rate"
    assert list(frame.settings["label"]) == ["learning rate 0.001", "learning rate 0.01"]


def test_an_objective_without_theory_has_no_scheme_and_no_alpha(new_run) -> None:  # type: ignore[no-untyped-def]
    run = new_run(OTHER_OBJECTIVE)
    for setting, alpha in enumerate([0.56, 0.62]):
        run.trial(setting, variant="spread", alpha=alpha, params={"objective.alpha": alpha})
    run.trial(0, variant="plain", alpha=0.0, params={"training.learning_rate": 0.001})
    frame = build_frame(run.write())
    plain = frame.settings.loc[("plain", 0)]
    assert plain["scheme"] is None
    assert np.isnan(plain["objective.alpha"])
    assert len(frame.schemes) == 1


def test_only_started_settings_of_the_search_are_in_the_frame(search: Results) -> None:
    frame = build_frame(search)
    assert len(frame.settings) == 24
    assert (len(frame.finished), len(frame.pruned), len(frame.means)) == (14, 8, 14)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("objective.alpha", 0.56),
        ("model.encoder", "convnet"),
        ("model.decoder.width", 32),
        ("model.encoder.depth", None),
    ],
)
def test_value_at_a_path(sweep: Results, path: str, value: object) -> None:
    spec = sweep.study.variants()[0].trial({"objective.alpha": 0.56}, Seed(study=0))
    assert spec.value(path) == value
