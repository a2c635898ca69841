"""Successive halving and hyperband decide as Optuna's do, and the same thing twice."""

from collections import Counter
from typing import Any

import numpy as np
import optuna
import pytest
from optuna.pruners import BasePruner, HyperbandPruner, SuccessiveHalvingPruner

from spreadtune.search.stopping.rungs import Hyperband, SuccessiveHalving

EPOCHS = 27


class Dealt(HyperbandPruner):
    """Optuna's, with its trials dealt to the brackets as ours are."""

    def __init__(self, ours: Hyperband, first: int, reduction: int) -> None:
        super().__init__(min_resource=first, max_resource=EPOCHS, reduction_factor=reduction)
        self._ours = ours

    def _get_bracket_id(self, study: Any, trial: Any) -> int:
        return self._ours.bracket(trial.number)


def stops(pruner: BasePruner, direction: str, seed: int, *, side_by_side: bool) -> list[int | None]:
    """The epoch at which each of some random curves is stopped, one after the other or all at once."""
    study = optuna.create_study(direction=direction, pruner=pruner)
    curves = np.random.default_rng(seed).random((20, 1)) + 0.3 * np.random.default_rng(seed + 1).random((20, EPOCHS))
    trials = [study.ask() for _ in curves] if side_by_side else []
    stopped: list[int | None] = [None] * len(curves)
    order = (
        [(number, epoch) for epoch in range(EPOCHS) for number in range(len(curves))]
        if side_by_side
        else [(number, epoch) for number in range(len(curves)) for epoch in range(EPOCHS)]
    )
    for number, epoch in order:
        while len(trials) <= number:
            trials.append(study.ask())
        if stopped[number] is None:
            trials[number].report(curves[number, epoch], epoch + 1)
            first, second = trials[number].should_prune(), trials[number].should_prune()
            if isinstance(pruner, SuccessiveHalving | Hyperband):
                assert first == second, "a decision taken twice is the same"
            stopped[number] = epoch + 1 if first else None
    return stopped


@pytest.mark.parametrize("side_by_side", [False, True])
@pytest.mark.parametrize("direction", ["maximize", "minimize"])
@pytest.mark.parametrize(("first", "reduction"), [(1, 3), (2, 2), (4, 3)])
def test_equal_optunas(first: int, reduction: int, direction: str, side_by_side: bool) -> None:
    """Oracle: Optuna's pruners on curves that have a value at every epoch."""
    ours, theirs = SuccessiveHalving(first, reduction), SuccessiveHalvingPruner(first, reduction)
    found = stops(ours, direction, 5, side_by_side=side_by_side)
    assert found == stops(theirs, direction, 5, side_by_side=side_by_side)
    assert len(set(found)) > 2, "at several rungs"

    band = Hyperband(first, EPOCHS, reduction)
    found = stops(band, direction, 7, side_by_side=side_by_side)
    assert found == stops(Dealt(band, first, reduction), direction, 7, side_by_side=side_by_side)


def test_brackets_have_the_shares_of_algorithm_1_and_take_turns() -> None:
    """Li et al., JMLR 2018, R = 81 and eta = 3: brackets of 81, 34, 15, 8 and 5 trials (table 1)."""
    band = Hyperband(1, 81, 3)
    dealt = [band.bracket(number) for number in range(143)]
    assert Counter(dealt) == {0: 81, 1: 34, 2: 15, 3: 8, 4: 5}
    assert Counter(dealt[:48]) == {0: 27, 1: 11, 2: 5, 3: 3, 4: 2}, "a third of them in the same proportion"
    assert [band.bracket(number) for number in range(143, 286)] == dealt


def test_a_short_trial_has_one_bracket() -> None:
    assert {Hyperband(4, 10, 3).bracket(number) for number in range(10)} == {0}


def test_a_rung_is_the_first_measured_epoch_from_its_start_on() -> None:
    """Measured every 5 epochs, the rungs at 1 and 3 are one, at which a trial is compared once."""
    study = optuna.create_study(direction="maximize", pruner=SuccessiveHalving(1, 3))
    decided = []
    for value in (0.1, 0.2, 0.3, 0.25, 0.4, 0.35):
        trial = study.ask()
        trial.report(value, 5)
        decided.append(trial.should_prune())
    assert decided == [False, False, False, True, False, False], "of six the best two go on"


def test_a_fault_is_nobodys_rival() -> None:
    study = optuna.create_study(direction="maximize", pruner=SuccessiveHalving(1, 2))
    failed = study.ask()
    failed.report(0.9, 1)
    study.tell(failed, state=optuna.trial.TrialState.FAIL)
    trial = study.ask()
    trial.report(0.1, 1)
    assert not trial.should_prune()
