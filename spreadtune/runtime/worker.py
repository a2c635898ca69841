"""What runs inside a Tune actor: Ray Train's local mode around one trial."""

import gc
import logging
import os
import socket
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from spreadtune.errors import UserError
from spreadtune.run_folder import AttemptFolder, Outcome, TrialFolder, write_json
from spreadtune.runtime.log import log_formatter

logger = logging.getLogger(__name__)


def train_in_actor(job: Mapping[str, Any]) -> None:
    """Tune's function trainable: one worker in this very process, which owns the trial's CPUs and GPU.

    Args:
        job: kind, folder, cpus, gpus, watched (see ``spreadtune.runtime.adapters.job_for``).
    """
    from ray.train import ScalingConfig
    from ray.train.torch import TorchTrainer

    TorchTrainer(
        run_attempt, train_loop_config=dict(job), scaling_config=ScalingConfig(num_workers=0, use_gpu=job["gpus"] > 0)
    ).fit()


def run_attempt(job: Mapping[str, Any]) -> None:
    """Run one attempt at a trial or a reference and leave its outcome in the attempt's folder.

    A fault is an outcome too (FAIL with its reason, the traceback in the attempt's log): raising would cost the actor,
    which the next trial needs. Being stopped by Tune leaves no outcome; the driver, which ordered it, writes it.
    """
    import torch

    from spreadtune.runtime.context import RayContext
    from spreadtune.spec.load import load_trial
    from spreadtune.trial.references import run_reference
    from spreadtune.trial.run import run_trial

    folder = TrialFolder(Path(job["folder"]))
    checkpoints = folder.checkpoints()
    attempt = folder.new_attempt()
    write_json(attempt.worker_file, {"host": socket.gethostname(), "pid": os.getpid(), "started": time.time()})
    with _attempt_log(attempt):
        try:
            spec = load_trial(folder.spec_file)
            context = RayContext(
                attempt=attempt,
                device=torch.device("cuda:0" if job["gpus"] > 0 else "cpu"),
                threads=job["cpus"],
                checkpoints=checkpoints,
                watched=job["watched"],
                last_epoch=spec.training.epochs,
            )
            run = run_reference if job["kind"] == "reference" else run_trial
            logger.info("%s on %s with %d threads", attempt.path, context.device, context.threads)
            outcome = run(spec, context)
            logger.info("ended: %s", outcome.state if outcome else "asked to stop")
        except Exception as error:
            logger.error("failed:\n%s", traceback.format_exc())
            kind = "" if isinstance(error, UserError) else f"{type(error).__name__}: "
            reason = f"{kind}{error}".splitlines()[0].rstrip()
            epoch = max((line["epoch"] for line in attempt.history()), default=0)
            Outcome(state="FAIL", reason=reason, epoch=epoch).write(attempt.result_file)
        finally:
            _free_memory()


def _free_memory() -> None:
    """The actor is used again: modules in reference cycles would stay until the collector happens to run."""
    import torch

    gc.collect()
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()


@contextmanager
def _attempt_log(attempt: AttemptFolder) -> Iterator[None]:
    """The attempt's log file receives what the package and the warnings module say."""
    handler = logging.FileHandler(attempt.log_file)
    handler.setFormatter(log_formatter())
    package = logging.getLogger("spreadtune")
    package.addHandler(handler)
    package.setLevel(logging.INFO)
    try:
        yield
    finally:
        package.removeHandler(handler)
        handler.close()
