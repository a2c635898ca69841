"""Run a trial again in this process, and say whether the numbers are the same."""

import math
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from spreadtune.errors import UserError
from spreadtune.run_folder import TrialFolder
from spreadtune.spec.load import load_trial
from spreadtune.training.context import LocalContext
from spreadtune.trial.run import run_trial

TOLERANCE = 1e-3  # on another device or other versions


@dataclass(frozen=True)
class Comparison:
    """Recorded and replayed metrics.

    Attributes:
        recorded: as the run has them.
        replayed: as they came out now.
        exact: whether equality is bitwise (same device kind and versions) or within :data:`TOLERANCE`.
        epoch: the epoch both stand at.
    """

    recorded: Mapping[str, float | None]
    replayed: Mapping[str, float | None]
    exact: bool
    epoch: int

    def differing(self) -> list[str]:
        """Names of the metrics that are not equal."""
        names = sorted(self.recorded.keys() | self.replayed.keys())
        return [name for name in names if not self._equal(self.recorded.get(name), self.replayed.get(name))]

    def _equal(self, one: float | None, other: float | None) -> bool:
        if one is None or other is None:
            return one is other
        if math.isnan(one) and math.isnan(other):
            return True
        return one == other if self.exact else abs(one - other) <= TOLERANCE


def replay(folder: TrialFolder, on_epoch: Callable[[int, int], None] = lambda epoch, epochs: None) -> Comparison:
    """Run what ``trial.yaml`` says: the same loop with the recorded device kind and number of threads, without Ray.

    A pruned trial is compared by the metrics of its last epoch, a complete one by its final metrics.

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
    spec = load_trial(folder.spec_file)
    last = spec.training.epochs if recorded.state == "COMPLETE" else recorded.epoch
    environment = folder.environment()
    on_gpu = environment.get("device") == "cuda" and torch.cuda.is_available()
    device = torch.device("cuda" if on_gpu else "cpu")
    reached: dict[int, Mapping[str, float]] = {}

    def note(epoch: int, metrics: Mapping[str, float]) -> None:
        reached[epoch] = metrics
        on_epoch(epoch, last)

    with tempfile.TemporaryDirectory(prefix="spreadtune-replay-") as scratch:
        context = LocalContext(
            attempt=TrialFolder(Path(scratch)).new_attempt(),
            device=device,
            threads=int(environment.get("threads", 1)),
            on_report=note,
            stop=lambda: last in reached,
        )
        outcome = run_trial(spec, context)
    exact = environment.get("torch") == torch.__version__ and environment.get("device") == device.type
    if recorded.state == "COMPLETE":
        return Comparison(recorded.metrics, outcome.metrics if outcome else {}, exact, last)
    history = {line["epoch"]: line for line in folder.history()}
    return Comparison(_measured(history.get(last, {})), _measured(reached.get(last, {})), exact, last)


def _measured(line: Mapping[str, float]) -> dict[str, float]:
    """An epoch's line without what no two runs share."""
    return {name: value for name, value in line.items() if name not in ("seconds", "time", "attempt", "epoch")}
