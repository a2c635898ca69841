"""One trial from its spec to its outcome: data, model, training, evaluation. No Ray, no Optuna."""

import os
import socket
import time
from functools import lru_cache
from typing import Any

import torch

from spreadtune.data.dataset import load_dataset
from spreadtune.run_folder import Outcome, write_json
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.context import Context
from spreadtune.training.loop import DivergenceError
from spreadtune.training.precision import resolve_precision
from spreadtune.trial.learner import Learner
from spreadtune.trial.prediction import theory_of

# An actor runs many trials on the same data; decoding and splitting it once is enough.
cached_dataset = lru_cache(maxsize=4)(load_dataset)


def run_trial(spec: TrialSpec, context: Context) -> Outcome | None:
    """Train and evaluate one setting at one seed; write and return its outcome.

    Returns:
        COMPLETE with everything measured, or PRUNED when the loss diverged. None when the context asked the loop to
        stop: its checkpoint is there, and what the stop means is the driver's to say.
    """
    started = time.perf_counter()
    environment = enter(spec, context)
    learner = Learner(spec, cached_dataset(spec.data), context)
    try:
        trained = learner.train()
    except DivergenceError as divergence:
        details = {**environment, "seconds": time.perf_counter() - started}
        outcome = Outcome("PRUNED", str(divergence), divergence.epoch - 1, details=details)
        outcome.write(context.attempt.result_file)
        return outcome
    if trained.stopped:
        return None
    counts = trained.batch_class_counts
    metrics = learner.final_metrics()
    details = {**environment, "seconds": time.perf_counter() - started, "batch_class_counts": counts}
    outcome = Outcome("COMPLETE", epoch=trained.epoch, metrics=metrics, theory=theory_of(spec, counts), details=details)
    outcome.write(context.attempt.result_file)
    return outcome


def enter(spec: TrialSpec, context: Context) -> dict[str, Any]:
    """Set this process up for an attempt, and write down what its numbers depend on beside the spec."""
    torch.set_num_threads(context.threads)
    on_gpu = context.device.type == "cuda"
    environment = {
        "device": context.device.type,
        "device_name": torch.cuda.get_device_name(context.device) if on_gpu else "CPU",
        "precision": resolve_precision(spec.training.precision, context.device),
        "threads": context.threads,
        "workers": 1,
        "torch": torch.__version__,
        "host": socket.gethostname(),
        "pid": os.getpid(),
    }
    write_json(context.attempt.environment_file, environment)
    return environment
