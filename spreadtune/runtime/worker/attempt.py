"""One attempt at a trial or a reference, in a worker."""

import gc
import logging
import os
import socket
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spreadtune.errors import UserError
from spreadtune.run_folder import AttemptFolder, Outcome, TrialFolder, UnwritableError, write_json
from spreadtune.runtime.log import LogFile
from spreadtune.runtime.worker.memory import memory_watched

if TYPE_CHECKING:
    from spreadtune.runtime.worker.context import RayContext
    from spreadtune.training.workers import Workers

logger = logging.getLogger(__name__)

UNWRITABLE = "unwritable"
"""The key of a report that tells why the run's folder takes no more."""


def run_attempt(job: Mapping[str, Any]) -> None:
    """Run one attempt at a trial or a reference and leave its outcome in the attempt's folder.

    A fault is an outcome too (FAIL with its reason, the traceback in the attempt's log): raising would cost the actor,
    which the next trial needs. Only one of several workers raises, after it left the outcome: the others wait for it.
    Being stopped leaves no outcome; the driver, which ordered it, writes it. A disk that takes no more is no fault of
    the trial's and leaves none either: the driver is told, and ends the run. Above its memory the
    process ends itself.
    """
    try:
        _run_attempt(job)
    except UnwritableError as error:
        logger.info("%s", error)
        if job["workers"] > 1:
            raise  # its actor tells the driver
        tell_unwritable(error)


def tell_unwritable(error: UnwritableError) -> None:
    """Tell the driver that its folder takes no more (:class:`spreadtune.runtime.tune.adapters.LedgerScheduler`)."""
    from ray import tune

    tune.report({UNWRITABLE: error.reason, "folder": str(error.folder)})


def _run_attempt(job: Mapping[str, Any]) -> None:
    from spreadtune.spec.load import load_trial
    from spreadtune.trial.references import run_reference
    from spreadtune.trial.run import run_trial

    folder, workers = TrialFolder(Path(job["folder"])), _workers(job)
    if workers.led(folder.stop_file.exists):
        return  # the run was asked to stop while this process started
    attempt, checkpoints = workers.led(lambda: _begin(folder))
    with _attempt_log(attempt, workers):
        try:
            spec = load_trial(folder.spec_file)
            context = _context(job, folder, attempt, checkpoints, workers, last_epoch=spec.epochs)
            run = run_trial if job["kind"] == "trial" else run_reference
            logger.info("%s on %s with %d threads", attempt.path, context.device, context.threads)
            with memory_watched(attempt, job["memory"]):
                outcome = run(spec, context)
            logger.info("ended: %s", outcome.state if outcome else "asked to stop")
        except UnwritableError:
            raise
        except Exception as error:
            logger.error("failed:\n%s", traceback.format_exc())
            if workers.count == 1:
                _failed(attempt, error).write(attempt.result_file)
                return
            from spreadtune.training.worker_group import is_lost_connection

            # What another worker's end causes here is no reason, and a worker that vanished is no fault of the trial's.
            if Outcome.read(attempt.result_file) is None and not is_lost_connection(error):
                _failed(attempt, error).write(attempt.result_file)
            raise
        finally:
            _free_memory()


def _workers(job: Mapping[str, Any]) -> "Workers":
    """This process and those it shares the trial with."""
    from spreadtune.training.workers import ONE_WORKER

    if job["workers"] == 1:
        return ONE_WORKER
    from spreadtune.training.worker_group import WorkerGroup

    return WorkerGroup()


def _begin(folder: TrialFolder) -> tuple[AttemptFolder, list[Path]]:
    """A new attempt, and what it may resume from."""
    checkpoints = folder.checkpoints()
    attempt = folder.new_attempt()
    write_json(attempt.worker_file, {"host": socket.gethostname(), "pid": os.getpid(), "started": time.time()})
    return attempt, checkpoints


def _context(
    job: Mapping[str, Any],
    folder: TrialFolder,
    attempt: AttemptFolder,
    checkpoints: list[Path],
    workers: "Workers",
    last_epoch: int,
) -> "RayContext":
    from ray import train, tune
    from ray.train.torch import get_device

    from spreadtune.runtime.worker.context import RayContext
    from spreadtune.runtime.worker.device import claim

    several = workers.count > 1
    claimed = claim(job["gpus"], get_device() if several and job["gpus"] > 0 else None)
    return RayContext(
        attempt=attempt,
        device=claimed.device,
        memory=claimed.memory,
        threads=job["cpus"],
        workers=workers,
        checkpoints=checkpoints,
        trials=folder.path.parent if job["takes_members"] else None,
        best_by=job["best_by"],
        watched=job["watched"],
        last_epoch=last_epoch,
        send=train.report if several else tune.report,
        stop_file=folder.stop_file,
    )


def _failed(attempt: AttemptFolder, error: Exception) -> Outcome:
    kind = "" if isinstance(error, UserError) else f"{type(error).__name__}: "
    reason = (f"{kind}{error}".splitlines() or [type(error).__name__])[0].rstrip()
    epoch = max((line["epoch"] for line in TrialFolder(attempt.path.parent).history()), default=0)
    return Outcome(state="FAIL", reason=reason, epoch=epoch)


def _free_memory() -> None:
    """The actor is used again: modules in reference cycles would stay until the collector happens to run."""
    import torch

    if "torch._dynamo" in sys.modules:
        torch.compiler.reset()  # it gives up after some encoders of one class; what it compiled is found on disk again
    gc.collect()
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()


@contextmanager
def _attempt_log(attempt: AttemptFolder, workers: "Workers") -> Iterator[None]:
    """The attempt's log file receives what the package and the warnings module say; each worker has its own."""
    file = attempt.log_file if workers.leads else attempt.log_file.with_name(f"log-worker-{workers.rank}")
    handler = LogFile(file)
    package = logging.getLogger("spreadtune")
    package.addHandler(handler)
    package.setLevel(logging.INFO)
    try:
        yield
    finally:
        package.removeHandler(handler)
        handler.close()
