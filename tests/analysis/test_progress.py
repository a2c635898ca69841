"""How far a run is."""

from typing import Any

import pytest

from spreadtune.analysis.progress import progress_of
from spreadtune.analysis.results import Results
from spreadtune.search.results.progress import Counts, planned_pairs

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
def test_planned_pairs(new_run: Any, search: str, planned: int) -> None:
    study = Results(new_run(search).run).study
    assert sum(planned_pairs(study).values()) == planned


def test_a_finished_grid_has_ended_as_planned(variants: Results) -> None:
    found = progress_of(variants)
    assert found.search == Counts(21, complete=21, settled=21)
    assert not found.unfinished


def test_a_repeated_failure_counts_once_and_only_when_the_repetition_is_over(new_run: Any) -> None:
    run = new_run()
    params: dict[str, Any] = {"params": {"objective.alpha": 0.0}, "alpha": 0.0}
    run.trial(0, state="FAIL", **params)
    assert progress_of(run.write()).search.ended == 1
    run.trial(0, state="RUNNING", retry_of=0, **params)
    found = progress_of(run.write()).search
    assert (found.ended, found.settled, found.by_state) == (0, 1, {"RUNNING": 1})
    run.trials[-1]["state"] = "COMPLETE"
    assert progress_of(run.write()).search.ended == 1


def test_what_diverged_was_not_stopped(new_run: Any) -> None:
    run = new_run()
    for setting, reason in enumerate(["diverged: loss is nan", "worse than the median"]):
        run.trial(setting, state="PRUNED", params={"objective.alpha": 0.0}, alpha=0.0, reason=reason)
    found = progress_of(run.write()).search
    assert (found.pruned, found.diverged) == (2, 1)
