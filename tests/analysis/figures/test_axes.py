"""How the axes of figures are scaled."""

from typing import Any

import pytest

from spreadtune.analysis.figures.axes import axis_type
from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.results import Results


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
