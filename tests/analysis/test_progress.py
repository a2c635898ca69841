"""How far a run is."""

from typing import Any

import pytest

from spreadtune.analysis.progress import ended_trials, planned_trials
from spreadtune.analysis.results import Results

CONDITIONAL = """
search:
  seeds: 2
  space:
    model.decoder: {grid: [none, conv]}
    objective.autoencoder_weight: {grid: [0.1, 1.0, 10.0], when: {model.decoder: conv}}
"""
TWO_SEARCHES = (
    "\nsearch: {sampler: random, trials: 5, space: {objective.alpha: {uniform: [0, 1]}}, variants: {a: {}, b: {}}}\n"
)


@pytest.mark.parametrize(
    ("search", "planned"),
    [("\nsearch: {seeds: 3}\n", 3), (CONDITIONAL, 2 * (1 + 3)), (TWO_SEARCHES, 10)],
    ids=["no space", "conditional grid", "two adaptive variants"],
)
def test_planned_trials(new_run: Any, search: str, planned: int) -> None:
    assert planned_trials(Results(new_run(search).run).study) == planned


def test_a_finished_grid_has_ended_as_planned(variants: Results) -> None:
    assert ended_trials(variants.trials) == planned_trials(variants.study) == 21


def test_a_repeated_failure_counts_once_and_only_when_the_repetition_is_over(new_run: Any) -> None:
    run = new_run()
    params: dict[str, Any] = {"params": {"objective.alpha": 0.0}, "alpha": 0.0}
    run.trial(0, state="FAIL", **params)
    assert ended_trials(run.write().trials) == 1
    run.trial(0, state="RUNNING", retry_of=0, **params)
    assert ended_trials(run.write().trials) == 0
    run.trials[-1]["state"] = "COMPLETE"
    assert ended_trials(run.write().trials) == 1
