"""Run a trial again in this process, and say whether the numbers are the same."""

import math
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from spreadtune.errors import UserError
from spreadtune.run_folder import Outcome, TrialFolder
from spreadtune.run_folder.trial import TAKEN
from spreadtune.spec.load import load_trial
from spreadtune.spec.metrics import METRICS
from spreadtune.training.context import LocalContext
from spreadtune.trial.attempt_record import KNOWN
from spreadtune.trial.run import run_trial

TOLERANCE = 1e-3
"""How far numbers may lie apart on another device or under other versions."""


@dataclass(frozen=True)
class Comparison:
    """Recorded and replayed numbers of a trial's end.

    Attributes:
        recorded: as the run has them.
        replayed: as they came out now.
        exact: whether equality is bitwise (same device, threads and versions) or within :data:`TOLERANCE`.
        epoch: the last epoch that the run finished.
        same_metrics: whether the trial ran when the package knew the metrics that it knows now.
    """

    recorded: Mapping[str, float]
    replayed: Mapping[str, float]
    exact: bool
    epoch: int
    same_metrics: bool = True

    def differing(self) -> list[str]:
        """Names of the numbers that are not equal, or that one side lacks.

        Where versions or the metrics that they know differ, a metric that was not recorded is one that came later, and
        there is nothing to compare.
        """
        later = (name for name in self.replayed if name.rpartition(".")[2] in METRICS)
        names = self.recorded.keys() | (self.replayed.keys() - set(() if self.exact and self.same_metrics else later))
        return [name for name in sorted(names) if not self._equal(self.recorded.get(name), self.replayed.get(name))]

    def _equal(self, one: float | None, other: float | None) -> bool:
        if one is None or other is None:
            return False
        if not (math.isfinite(one) and math.isfinite(other)):  # files do not tell NaN from infinity
            return math.isfinite(one) == math.isfinite(other)
        return one == other if self.exact else abs(one - other) <= TOLERANCE


def replay(folder: TrialFolder, on_epoch: Callable[[int, int], None] = lambda epoch, epochs: None) -> Comparison:
    """Run what ``trial.yaml`` says: the same loop with the recorded device kind and number of threads, without Ray.

    What is compared is the number of finished epochs, the last one's line of the history, and, of a trial that was not
    stopped from outside, the metrics of its end. One that diverged has to diverge again. One whose time was up ends
    after the same epoch, however fast this machine is.

    Args:
        folder: the trial's folder.
        on_epoch: called with (epoch, epochs) after each epoch.

    Raises:
        UserError: the trial has no outcome to compare with.
    """
    recorded = folder.outcome()
    if recorded is None or recorded.state == "FAIL":
        state = "failed" if recorded else "not finished"
        raise UserError(f"trial {int(folder.path.name)} is {state}: there are no numbers to compare with")
    spec = load_trial(folder.spec_file).without_time_limit()
    stopped_after = None if _ended_by_itself(folder, recorded) else recorded.epoch
    environment = folder.environment()
    with tempfile.TemporaryDirectory(prefix="spreadtune-replay-") as scratch:
        again = TrialFolder(Path(scratch))
        context = LocalContext(
            attempt=again.new_attempt(),
            device=_device(environment),
            threads=int(environment.get("threads", 1)),
            on_report=lambda epoch, metrics: on_epoch(epoch, stopped_after or spec.epochs),
            stop=lambda: len(again.history()) == stopped_after,
        )
        outcome = run_trial(spec, context)
        ended = stopped_after is None
        return Comparison(
            recorded=_numbers(folder, recorded, ended),
            replayed=_numbers(again, outcome, ended),
            exact=_deciding(environment) == _deciding(again.environment()),
            epoch=recorded.epoch,
            same_metrics=environment.get(KNOWN) == again.environment()[KNOWN],
        )


def _ended_by_itself(folder: TrialFolder, recorded: Outcome) -> bool:
    """Not by an early stop, which the driver publishes while an attempt has another end or none, nor by the clock."""
    written = folder.finished_attempt()
    return written is not None and written.epoch == recorded.epoch and "time_limit" not in written.details


def _deciding(environment: Mapping[str, Any]) -> dict[str, Any]:
    """What decides the last bits of every number."""
    return {name: value for name, value in environment.items() if name != KNOWN}


def _device(environment: Mapping[str, Any]) -> torch.device:
    """The recorded kind of device where this machine has it."""
    on_gpu = environment.get("device") == "cuda" and torch.cuda.is_available()
    return torch.device("cuda" if on_gpu else "cpu")


def _numbers(folder: TrialFolder, outcome: Outcome | None, ended: bool) -> dict[str, float]:
    """What both runs have to agree in; of the outcome only the epoch where the trial was stopped from outside."""
    history = {line["epoch"]: line for line in folder.history()}
    epoch = outcome.epoch if outcome else max(history)
    private = ("epoch", "attempt", "seconds", "time", TAKEN)  # no two runs share them
    # What members measured together while they trained is there where none was taken; at the end it is measured again.
    together = METRICS.keys() if folder.members() else ()
    last = {name: value for name, value in history.get(epoch, {}).items() if name not in (*private, *together)}
    return {"epoch": epoch, **last, **(outcome.metrics if outcome and ended else {})}
