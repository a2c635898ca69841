"""Between Tune, which executes, and the ledger, which decides.

An exception in a searcher or scheduler ends Tune's whole ``fit`` or turns a finished trial into a failed one, so
nothing here raises: what goes wrong is logged and kept for the driver, and the trials that run go on.
"""

import logging
from pathlib import Path
from typing import Any

from ray.tune.progress_reporter import TrialProgressCallback
from ray.tune.schedulers import FIFOScheduler, TrialScheduler
from ray.tune.search import Searcher
from ray.tune.stopper import Stopper

from spreadtune.errors import FaultError
from spreadtune.run_folder import UnwritableError
from spreadtune.runtime.ray_internals import error_of
from spreadtune.runtime.tune.jobs import Jobs
from spreadtune.runtime.worker.attempt import UNWRITABLE
from spreadtune.runtime.worker.out_of_memory import memory_reason
from spreadtune.search.storage.faults import DatabaseAwayError

logger = logging.getLogger(__name__)


class NothingToWaitFor(Stopper):
    """Ends all trials of a run that was asked to stop once nothing is left that is worth waiting for.

    On a busy machine a worker takes a minute to start, to be told then that it is not needed.
    """

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs

    def __call__(self, trial_id: str, result: dict[str, Any]) -> bool:
        return False

    def stop_all(self) -> bool:
        try:
            if not self.jobs.nothing_to_wait_for():
                return False
            self.jobs.stop.finish()
            return True
        except Exception:  # of a disk
            logger.exception("what is left to stop could not be seen")
            return False


class LedgerSearcher(Searcher):
    """Tune asks here for its next trial."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self.jobs = jobs

    def suggest(self, trial_id: str) -> Any:
        try:
            job = self.jobs.start(trial_id)
        except DatabaseAwayError as away:
            logger.debug("%s; trying again", away)  # the outbox has said so once
            return None
        except Exception as error:
            self.jobs.give_up(error)
            return Searcher.FINISHED
        return Searcher.FINISHED if job is None and self.jobs.over() else job

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        try:
            self.jobs.end(trial_id, lost=error)
        except FaultError as fault:
            self.jobs.give_up(fault)
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
            if UNWRITABLE in result:
                self.jobs.give_up(UnwritableError(Path(result["folder"]), result[UNWRITABLE]))
                return str(TrialScheduler.STOP)
            if "phase" in result:
                self.jobs.enter(trial.trial_id, result["phase"])
            prefix = "metrics/"
            metrics = {key.removeprefix(prefix): result[key] for key in result if key.startswith(prefix)}
            if "epoch" in result and self.jobs.report(trial.trial_id, result["epoch"], metrics):
                return str(TrialScheduler.STOP)
        except FaultError as fault:
            self.jobs.give_up(fault)
        except Exception:
            logger.exception("an epoch's report could not be recorded")
        return str(TrialScheduler.CONTINUE)

    def on_trial_error(self, tune_controller: Any, trial: Any) -> None:
        """Before the searcher hears that a trial is over; only here the error is to be had."""
        try:
            if text := memory_reason(error_of(trial)):
                self.jobs.lost_for_memory(trial.trial_id, text)
        except Exception:
            logger.exception("why a worker is gone could not be read")
        super().on_trial_error(tune_controller, trial)


class Quiet(TrialProgressCallback):
    """In the place of Tune's own console output, which tells of failed trials even at verbosity 0."""

    def on_trial_result(self, *arguments: Any, **info: Any) -> None: ...

    def on_trial_error(self, *arguments: Any, **info: Any) -> None: ...

    def on_trial_complete(self, *arguments: Any, **info: Any) -> None: ...
