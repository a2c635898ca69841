"""Between Tune, which executes, and the ledger, which decides.

An exception in a searcher or scheduler ends Tune's whole ``fit`` or turns a finished trial into a failed one, so
nothing here raises: what goes wrong is logged and kept for the driver, and the trials that run go on.
"""

import logging
from collections.abc import Mapping
from typing import Any

from ray.tune.progress_reporter import TrialProgressCallback
from ray.tune.schedulers import FIFOScheduler, TrialScheduler
from ray.tune.search import Searcher

from spreadtune.runtime.monitor import Monitor
from spreadtune.runtime.resources import Slots
from spreadtune.runtime.stop import StopRequest
from spreadtune.search.assignment import Assignment
from spreadtune.search.database import DatabaseAwayError
from spreadtune.search.ledger import Ledger
from spreadtune.spec.metrics import PROXY

logger = logging.getLogger(__name__)


class Jobs:
    """What is running: Tune's trial ids and the assignments behind them.

    Attributes:
        scratch: a folder for what Ray wants to write, which nothing of ours reads.
        stop: a request to end the run early.
        broken: why no more trials could be handed out; the driver raises it when those running have ended.
        left: whether a trial ended before its last epoch because of that request. A resume takes it up.
    """

    def __init__(self, ledger: Ledger, slots: Slots, monitor: Monitor, scratch: str, stop: StopRequest) -> None:
        self.ledger = ledger
        self.slots = slots
        self.monitor = monitor
        self.scratch = scratch
        self.stop = stop
        self.running: dict[str, Assignment] = {}
        self.broken: Exception | None = None
        self.left = False
        self._stopped_early: set[str] = set()

    def __reduce__(self) -> tuple[Any, ...]:
        """Tune pickles searcher and scheduler into snapshots that nothing of ours reads: they hold None instead."""
        return type(None), ()

    def start(self, trial_id: str) -> dict[str, Any] | None:
        """Take the next assignment and describe it for a worker; None when there is nothing left, or nothing wanted."""
        assignment = None if self.stop.made else self.ledger.next()
        if assignment is None:
            return None
        assignment.folder.stop_file.unlink(missing_ok=True)  # of a driver that was killed while it waited
        self.running[trial_id] = assignment
        logger.info("started %s %d: %s", assignment.kind, assignment.number, assignment.label)
        self.monitor.started(assignment, self.ledger.progress())
        return self._job(assignment)

    def report(self, trial_id: str, epoch: int, metrics: Mapping[str, float]) -> bool:
        """Pass an epoch on; True when Tune is to stop the trial."""
        assignment = self.running.get(trial_id)
        if assignment is None:
            return False
        self.monitor.reported(assignment, epoch, metrics)
        if assignment.kind == "reference" or not self.ledger.report(assignment.number, epoch, metrics):
            return False
        self._stopped_early.add(trial_id)
        if self.slots.workers == 1:
            return True
        # Tune would kill the trial, and its group's resources might never come back. Asked, the workers end by
        # themselves after their epoch.
        assignment.folder.stop_file.touch()
        return False

    def enter(self, trial_id: str, phase: str) -> None:
        """Pass on that a reference began a phase."""
        if assignment := self.running.get(trial_id):
            self.monitor.entered(assignment, phase)

    def end(self, trial_id: str, error: str | None) -> None:
        """Settle a trial whose worker is done, was stopped, or is gone. Safe to call twice."""
        assignment = self.running.pop(trial_id, None)
        if assignment is None:
            return
        assignment.folder.stop_file.unlink(missing_ok=True)
        early, finished = trial_id in self._stopped_early, assignment.folder.finished_attempt()
        if self.stop.made and not (early or finished or error):
            self.left = True
            logger.info("%s %d: left for a resume", assignment.kind, assignment.number)
            self.monitor.left(assignment)
            return
        settle = self.ledger.settle_reference if assignment.kind == "reference" else self.ledger.settle
        outcome = settle(assignment.number, error=error)
        logger.info("%s %d: %s %s", assignment.kind, assignment.number, outcome.state, outcome.reason or "")
        self.monitor.settled(assignment, outcome, self.ledger.progress())

    def ask_all_to_stop(self) -> None:
        """Ask whatever is in training to leave a checkpoint after its epoch and end."""
        for assignment in self.running.values():
            assignment.folder.stop_file.touch()

    def _job(self, assignment: Assignment) -> dict[str, Any]:
        return {
            "kind": assignment.kind,
            "folder": str(assignment.folder.path),
            "scratch": self.scratch,
            "workers": self.slots.workers,
            "cpus": self.slots.cpus,
            "gpus": self.slots.gpus,
            "watched": PROXY.get(self.ledger.study.search.metric),
        }


class LedgerSearcher(Searcher):
    """Tune asks here for its next trial."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self.jobs = jobs

    def suggest(self, trial_id: str) -> Any:
        try:
            job = self.jobs.start(trial_id)
        except DatabaseAwayError as away:
            logger.warning("%s; trying again", away)
            return None
        except Exception as error:
            logger.warning("no more trials are started: %s", error)
            self.jobs.broken = error
            return Searcher.FINISHED
        return Searcher.FINISHED if job is None else job

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        try:
            self.jobs.end(trial_id, "the worker vanished and its retries are used up" if error else None)
        except Exception:
            logger.exception("the outcome of a trial could not be recorded; a resume will do it")

    def save(self, checkpoint_path: str) -> None:
        """Nothing: the state is the ledger's, and Tune's snapshots are never restored."""

    def restore(self, checkpoint_path: str) -> None:
        """Nothing, see :meth:`save`."""


class LedgerScheduler(FIFOScheduler):
    """Tune asks here whether a trial goes on."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self.jobs = jobs

    def on_trial_result(self, tune_controller: Any, trial: Any, result: dict[str, Any]) -> str:
        try:
            if "phase" in result:
                self.jobs.enter(trial.trial_id, result["phase"])
            prefix = "metrics/"
            metrics = {key.removeprefix(prefix): result[key] for key in result if key.startswith(prefix)}
            if "epoch" in result and self.jobs.report(trial.trial_id, result["epoch"], metrics):
                return str(TrialScheduler.STOP)
        except Exception:
            logger.exception("an epoch's report could not be recorded")
        return str(TrialScheduler.CONTINUE)


class Quiet(TrialProgressCallback):
    """In the place of Tune's own console output, which tells of failed trials even at verbosity 0."""

    def on_trial_result(self, *arguments: Any, **info: Any) -> None: ...

    def on_trial_error(self, *arguments: Any, **info: Any) -> None: ...

    def on_trial_complete(self, *arguments: Any, **info: Any) -> None: ...
