"""An attempt at a trial or a reference: what its numbers depend on beside the spec, and how it ended."""

import hashlib
import time
from dataclasses import replace
from typing import Any

import torch

from spreadtune.run_folder import Outcome, write_json
from spreadtune.spec.metrics import METRICS
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.context import Context
from spreadtune.training.precision import resolve_precision
from spreadtune.version import __version__

KNOWN = "metrics"
"""In an environment: a fingerprint of the names of all metrics."""


class Attempt:
    """Sets this process up and writes ``environment.json``; :meth:`end` writes ``result.json``. The leader writes."""

    def __init__(self, spec: TrialSpec, context: Context) -> None:
        self._started = time.perf_counter()
        self._folder = context.attempt
        self._leads = context.workers.leads
        self._environment = environment_of(spec, context)
        torch.set_num_threads(context.threads)
        if self._leads:
            write_json(self._folder.environment_file, self._environment)

    def end(self, outcome: Outcome) -> Outcome:
        """Write the outcome, with the environment and the seconds it took among its details, and return it."""
        details = {**self._environment, "seconds": time.perf_counter() - self._started, **outcome.details}
        ended = replace(outcome, details=details)
        if self._leads:
            self._folder.sync()
            ended.write(self._folder.result_file)
        return ended


def environment_of(spec: TrialSpec, context: Context) -> dict[str, Any]:
    """What decides the last bits of every number, where a replay has to be equal if it is; and which metrics are known,
    so that a replay tells one that came later from one that is lost."""
    device = context.device
    on_gpu = device.type == "cuda"
    return {
        "device": device.type,
        "device_name": torch.cuda.get_device_name(device) if on_gpu else torch.backends.cpu.get_cpu_capability(),
        "precision": resolve_precision(spec.training.precision, device),
        "threads": context.threads,
        "workers": context.workers.count,
        "torch": torch.__version__,
        "spreadtune": __version__,
        KNOWN: hashlib.sha256(" ".join(METRICS).encode()).hexdigest()[:12],
    }
