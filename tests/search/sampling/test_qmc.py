"""Points are evenly spread, killed or not."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import qmc

from spreadtune.search.storage.book import Book

SPACE = {
    "objective.alpha": {"uniform": [0, 1]},
    "objective.temperature": {"uniform": [0.1, 1.1]},
    "objective.autoencoder_weight": {"uniform": [0, 1], "when": {"model.decoder": "conv"}},
}
POINTS = 8


class Killed(BaseException):
    """Stands for SIGKILL."""


def points(lab: Any, *, kill: bool, **search: Any) -> np.ndarray:
    """The drawn points in the unit square, the driver killed between each draw and its record where asked for."""
    study = lab.study(sampler="qmc", trials=POINTS, space=SPACE, **search)
    ledger = lab.open(study)
    found = []
    for _ in range(POINTS):
        if kill:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(Book, "write", lambda *_: (_ for _ in ()).throw(Killed))
                with pytest.raises(Killed):
                    ledger.next()
            lab.kill(ledger)
            ledger = lab.open(study)
        assignment = ledger.next()
        lab.finish(ledger, assignment)
        objective = assignment.spec.objective
        found.append([objective.alpha, objective.temperature - 0.1, objective.autoencoder_weight])
    return np.array(found)


@pytest.mark.slow
def test_killed_after_every_draw_they_are_as_even_as_without(new_lab: Any) -> None:
    whole, killed = points(new_lab(), kill=False), points(new_lab(), kill=True)
    assert qmc.discrepancy(killed) == qmc.discrepancy(whole)
    assert np.array_equal(killed, whole)


def test_they_are_evener_than_chance_from_the_first_on(lab: Any) -> None:
    """Of 2^k points of a scrambled Sobol sequence every 2^k-th part of each axis holds one: the first among them."""
    found = points(lab, kill=False)
    assert all(sorted(np.floor(axis * POINTS)) == list(range(POINTS)) for axis in found.T)
    chance = [qmc.discrepancy(np.random.default_rng(seed).random(found.shape)) for seed in range(20)]
    assert qmc.discrepancy(found) < min(chance)


def test_settings_drawn_again_take_points_of_their_own(lab: Any) -> None:
    space = {"training.epochs": {"int": [2, 9]}}
    done = lab.run_all(lab.open(lab.study(sampler="qmc", trials=8, space=space)))
    assert sorted(a.spec.training.epochs for a in done) == list(range(2, 10)), "no value twice"
    again = lab.run_all(lab.open(lab.study(sampler="qmc", trials=12, space=space)))
    assert all(a.seed > 0 for a in again), "all have been tried by then"
