"""How a trial ended, from what is on disk and what the driver ordered."""

import math
from dataclasses import replace

from spreadtune.run_folder import Outcome, TrialFolder
from spreadtune.search.record import Row, Stop
from spreadtune.spec.metrics import METRICS


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


def valued(outcome: Outcome, metric: str) -> Outcome:
    """A finished trial's outcome with the optimized metric as its value, which a trial itself does not know of.

    Without a finite one it has diverged: PRUNED, with that reason.
    """
    if outcome.state != "COMPLETE":
        return outcome
    value = outcome.metrics.get(metric)
    if value is None or not math.isfinite(value):
        return replace(outcome, state="PRUNED", reason=f"diverged: {metric} is not a finite number")
    return replace(outcome, values={metric: value})


def restored_outcome(folder: TrialFolder, row: Row, metric: str) -> Outcome:
    """How a trial ended whose published result is missing or damaged, though the database knows that it has ended.

    What an attempt wrote, where it says the same; else what the database has, with the metrics of the last epoch.

    Args:
        folder: the trial's.
        row: as stored; not RUNNING.
        metric: the optimized one.
    """
    assert row.state != "RUNNING"
    written = folder.finished_attempt()
    if written and (told := valued(written, metric)).state == row.state:
        return told
    if row.stop:
        return Outcome(row.state, row.reason, row.stop.epoch, metrics=row.stop.metrics)
    last = (folder.history() or [{"epoch": 0}])[-1]
    metrics = {name: last[name] for name in METRICS if name in last}
    values = {} if row.value is None else {metric: row.value}
    return Outcome(row.state, row.reason, last["epoch"], values=values, metrics={**metrics, **values})
