"""How a trial ended, from what is on disk and what the driver ordered."""

import math
from dataclasses import replace

from spreadtune.run_folder import Outcome, TrialFolder
from spreadtune.search.storage.record import Row, Stop
from spreadtune.spec.metrics import METRICS
from spreadtune.spec.search import SearchConfig


def settle_outcome(folder: TrialFolder, *, stop: Stop | None, error: str | None) -> Outcome:
    """The outcome of a trial whose worker is gone.

    What an attempt wrote at its end comes first, for it has seen the most; then the early stop that was ordered, with
    the metrics of its last report, since a stopped trial is not probed; a worker that left neither has failed.

    Args:
        folder: the trial's, or a reference's.
        stop: the early stop that was ordered, if one was.
        error: why the worker is gone, where the caller knows.
    """
    written = folder.finished_attempt()
    if written:
        return written
    if stop:
        return Outcome("PRUNED", stop.reason, stop.epoch, metrics=stop.metrics)
    last = (folder.history() or [{"epoch": 0}])[-1]
    return Outcome("FAIL", error or "the worker ended without a result", last["epoch"])


def valued(outcome: Outcome, search: SearchConfig) -> Outcome:
    """A finished trial's outcome with the optimized metrics as its values, which a trial itself does not know of.

    Without a finite number for each, and for all that is bounded, it has diverged: PRUNED, with that reason.
    """
    if outcome.state != "COMPLETE":
        return outcome
    optimized = [goal.metric for goal in search.objectives]
    for metric in (*optimized, *(bound.metric for bound in search.bounds)):
        if not math.isfinite(outcome.metrics.get(metric, math.nan)):
            return replace(outcome, state="PRUNED", reason=f"diverged: {metric} is not a finite number")
    return replace(outcome, values={metric: outcome.metrics[metric] for metric in optimized})


def finished_metrics(outcome: Outcome) -> dict[str, float]:
    """What a COMPLETE trial measured, numbers only; nothing of any other, whose metrics are those of an early epoch."""
    if outcome.state != "COMPLETE":
        return {}
    return {name: value for name, value in outcome.metrics.items() if math.isfinite(value)}


def restored_outcome(folder: TrialFolder, row: Row, search: SearchConfig) -> Outcome:
    """How a trial ended whose published result is missing or damaged, though the database knows that it has ended.

    What an attempt wrote, where it says the same; else what the database has, with the metrics of the last epoch.

    Args:
        folder: the trial's.
        row: as stored; not RUNNING.
        search: says what is optimized.
    """
    assert row.state != "RUNNING"
    written = folder.finished_attempt()
    if written and (told := valued(written, search)).state == row.state:
        return told
    if row.stop:
        return Outcome(row.state, row.reason, row.stop.epoch, metrics=row.stop.metrics)
    last = (folder.history() or [{"epoch": 0}])[-1]
    metrics = {name: last[name] for name in METRICS if name in last}
    known = {**metrics, **row.metrics}
    values = {goal.metric: known[goal.metric] for goal in search.objectives} if row.state == "COMPLETE" else {}
    return Outcome(row.state, row.reason, last["epoch"], values=values, metrics=known)
