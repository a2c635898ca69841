"""Which checkpoints of a trial stay, and which are removed to save the disk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from spreadtune.run_folder.attempt_folder import checkpoint_epoch
from spreadtune.run_folder.trial import TrialFolder
from spreadtune.run_folder.unwritable import writing

Policy = Literal["last", "best", "all"]
"""The newest; that and the one of the best watched value; every one."""

IN_TRAINING = 2
"""Newest checkpoints that an attempt in training keeps: one that a power cut spoiled costs an epoch or so."""


@dataclass(frozen=True)
class Watched:
    """What makes an epoch the best: a metric that the history has of some epochs."""

    metric: str
    direction: Literal["maximize", "minimize"]

    def best(self, history: Iterable[Mapping[str, Any]]) -> int | None:
        """The epoch with the best value, the earlier one of equals; None where no epoch has one."""
        sign = 1 if self.direction == "maximize" else -1
        values = [(sign * line[self.metric], -line["epoch"]) for line in history if line.get(self.metric) is not None]
        return -max(values)[1] if values else None


def superfluous(
    checkpoints: Sequence[Path],
    history: Sequence[Mapping[str, Any]],
    policy: Policy | Literal["none"],
    watched: Watched | None,
    *,
    newest: int = 1,
) -> list[Path]:
    """The checkpoints that need not stay.

    Args:
        checkpoints: best to resume from first.
        history: lines with ``epoch`` and metrics.
        policy: what stays beside the ``newest``; ``none`` keeps not even those.
        watched: what ``best`` looks at, among the epochs that have a checkpoint; without it, it is ``last``.
        newest: how many of the first ones stay.
    """
    if policy == "all":
        return []
    kept = set() if policy == "none" else set(checkpoints[:newest])
    if policy == "best" and watched:
        there = {checkpoint_epoch(path) for path in checkpoints}
        best = watched.best(line for line in history if line["epoch"] in there)
        kept |= set([path for path in checkpoints if checkpoint_epoch(path) == best][:1])
    return [path for path in checkpoints if path not in kept]


def thin(folder: TrialFolder, policy: Policy, watched: Watched | None) -> None:
    """Remove from an ended trial's encoder, over all attempts, the checkpoints that need not stay.

    Raises:
        UnwritableError: the disk turned read-only.
    """
    with writing(folder.path):
        for path in superfluous(folder.checkpoints(), folder.history(), policy, watched):
            path.unlink(missing_ok=True)
