"""The lines of floors and ceiling reach a little beyond all settings, on either scale."""

from typing import Any

import numpy as np
import pytest

from spreadtune.analysis.figures import accuracy
from spreadtune.analysis.frame import build_frame

RATES = "\nsearch: {{space: {{training.learning_rate: {domain}}}}}\n"


@pytest.mark.parametrize(
    ("domain", "log"), [("{grid: [0.001, 0.01, 0.1]}", True), ("{grid: [0.02, 0.04, 0.1]}", False)]
)
def test_reference_lines_stand_out_by_a_twentieth_of_the_axis(new_run: Any, domain: str, log: bool) -> None:
    run = new_run(RATES.format(domain=domain))
    rates = [float(rate) for rate in domain.strip("{}").partition("[")[2].strip("]").split(",")]
    for setting, rate in enumerate(rates):
        run.trial(setting, alpha=0.0, params={"training.learning_rate": rate})
    run.reference(0)
    figure = accuracy.figure(build_frame(run.write()))
    assert figure is not None
    assert figure.plot.layout.xaxis.type == ("log" if log else None)
    [line, *_] = [trace for trace in figure.plot.data if trace.name == "trained on fine labels (ceiling)"]
    scale = np.log if log else np.asarray
    low, high = scale(rates[0]), scale(rates[-1])
    beyond = 0.05 * (high - low)
    assert scale(line.x) == pytest.approx([low - beyond, high + beyond])
