"""Successive halving and hyperband, decided from the stored values alone.

Optuna's pruners note a rung in the database before they answer, so a driver killed in between lets a trial go on that
was to stop; and its hyperband deals trials to brackets by the name of the study, which holds the run's date. Here a
rung is read from the values that were reported, and a decision taken twice is the same one.
"""

import itertools
import math
from collections.abc import Sequence

from optuna.pruners import BasePruner
from optuna.study import Study, StudyDirection
from optuna.trial import FrozenTrial, TrialState


class SuccessiveHalving(BasePruner):
    """Asynchronous successive halving (Li et al., MLSys 2020).

    Rung k is the first epoch with a value from ``first * reduction**k`` on. A trial goes on when it is among the best
    floor(n / reduction) of the n that have come to the rung, itself included; the best one of them always does.

    Args:
        first: the epoch of rung 0.
        reduction: one in so many goes on.
    """

    def __init__(self, first: int, reduction: int) -> None:
        self._first, self._reduction = first, reduction

    def prune(self, study: Study, trial: FrozenTrial) -> bool:
        return self.falls_behind(trial, study.get_trials(deepcopy=False), study.direction)

    def falls_behind(self, trial: FrozenTrial, trials: Sequence[FrozenTrial], direction: StudyDirection) -> bool:
        """Whether the trial is to stop at its last reported epoch, which decides only where it is a rung's."""
        now = trial.last_step
        if now is None:
            return False
        for rung in itertools.count():
            start = self._first * self._reduction**rung
            if now < start:
                return False
            if _reached(trial, start) != now:
                continue  # decided at an earlier epoch
            others = (other for other in trials if other.number != trial.number and other.state != TrialState.FAIL)
            values = [each.intermediate_values[at] for each in others if (at := _reached(each, start)) is not None]
            own = trial.intermediate_values[now]
            ranked = sorted([*values, own], reverse=direction == StudyDirection.MAXIMIZE)
            last = ranked[max(1, len(ranked) // self._reduction) - 1]
            if (own < last) if direction == StudyDirection.MAXIMIZE else (own > last):
                return True
        raise AssertionError("the rungs grow without end")


def _reached(trial: FrozenTrial, start: int) -> int | None:
    """The epoch at which a trial came to the rung that begins at ``start``."""
    return min((epoch for epoch in trial.intermediate_values if epoch >= start), default=None)


class Hyperband(BasePruner):
    """Successive halving in brackets, each of which begins to stop later by a factor (Li et al., JMLR 2018).

    There are s_max + 1 of them, s_max = floor(log(max_epochs / min_epochs) / log(reduction)), and rung 0 of bracket b
    is at ``min_epochs * reduction**b``. Trials are dealt to them evenly by their numbers, in the proportion
    ceil((s_max + 1) / (s + 1) * reduction**s) with s = s_max - b of Algorithm 1, and compared in their bracket only.

    Args:
        min_epochs: the epoch of the first rung of bracket 0.
        max_epochs: what a trial is trained for in full.
        reduction: one in so many goes on.
    """

    def __init__(self, min_epochs: int, max_epochs: int, reduction: int) -> None:
        powers = (min_epochs * reduction**bracket for bracket in itertools.count())
        starts = list(itertools.takewhile(lambda start: start <= max_epochs, powers))
        count = len(starts)
        self._halvings = [SuccessiveHalving(start, reduction) for start in starts]
        shares = [math.ceil(count / (s + 1) * reduction**s) for s in reversed(range(count))]
        dealt = [((turn + 0.5) / share, bracket) for bracket, share in enumerate(shares) for turn in range(share)]
        self._order = [bracket for _, bracket in sorted(dealt)]

    def bracket(self, number: int) -> int:
        """The bracket of the trial that Optuna numbers so."""
        return self._order[number % len(self._order)]

    def prune(self, study: Study, trial: FrozenTrial) -> bool:
        own = self.bracket(trial.number)
        rivals = [other for other in study.get_trials(deepcopy=False) if self.bracket(other.number) == own]
        return self._halvings[own].falls_behind(trial, rivals, study.direction)
