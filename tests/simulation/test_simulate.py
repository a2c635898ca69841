"""A simulated search decides as a run's ledger does."""

from typing import Any

import pytest

from spreadtune.run_folder import Outcome
from spreadtune.simulation import Judge, Simulated, Strategy, grid_epochs, reached, run_searches, simulate
from spreadtune.spec.search import SearchConfig
from tests.lab import Lab
from tests.simulation import landscapes
from tests.simulation.landscapes import EPOCHS, PAIRS, SEEDS, WARMUPS, recorded

SPACE = {
    "training.warmup_epochs": {"int": [WARMUPS[0], WARMUPS[-1]]},
    "objective.pairs": {"choice": list(PAIRS)},
}
HALVING = {"name": "successive_halving", "min_epochs": 2, "reduction": 2}


def played(lab: Lab, search: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The same search by a real ledger on SQLite, whose workers report what the landscape says."""
    ledger, done = lab.open(landscapes.study({**search, "space": SPACE})), []
    while assignment := ledger.next():
        at = (assignment.spec.training.warmup_epochs or 0, assignment.spec.objective.pairs, assignment.seed)
        for epoch in range(1, EPOCHS + 1):
            metrics = {"knn_transfer_accuracy": landscapes.report(*at, epoch)} if epoch % 2 == 0 else {}
            if ledger.report(assignment.number, epoch, metrics):
                break
        else:
            metrics = {"transfer_accuracy": landscapes.end(*at)}
            lab.write(assignment, Outcome("COMPLETE", epoch=EPOCHS, metrics=metrics))
        outcome = ledger.settle(assignment.number)
        done.append((at[:2], assignment.seed, outcome.state))
    return done


def ended(simulated: Simulated) -> list[tuple[Any, ...]]:
    return [(each.setting, each.row.record.seed, each.row.state) for each in simulated.trials]


@pytest.mark.parametrize("sampler", ["random", pytest.param("tpe", marks=pytest.mark.slow)])
@pytest.mark.parametrize("stopping", [{"name": "none"}, HALVING, {"name": "median", "startup_trials": 3}])
def test_it_decides_as_a_run_does(lab: Lab, sampler: str, stopping: dict[str, Any]) -> None:
    search = {"sampler": sampler, "trials": 14, "seed": 3, "early_stopping": stopping}
    simulated = simulate(recorded(), SearchConfig.model_validate(search), seeds=list(SEEDS))
    assert ended(simulated) == played(lab, search)


def test_a_grid_takes_every_setting_at_every_seed() -> None:
    simulated = simulate(recorded(), SearchConfig(sampler="grid", seeds=2), seeds=[0, 1])
    everything = [((warmup, pairs), seed, "COMPLETE") for seed in (0, 1) for warmup in WARMUPS for pairs in PAIRS]
    assert ended(simulated) == everything
    assert simulated.trials[-1].epochs == grid_epochs(recorded(), [0, 1]) == 2 * 12 * EPOCHS


def test_the_clock_counts_slots_and_the_epochs_that_were_trained() -> None:
    grid = SearchConfig(sampler="grid", seeds=1)
    assert simulate(recorded(seconds=16), grid, seeds=[0]).seconds == pytest.approx(12 * 16)
    assert simulate(recorded(seconds=16), grid, seeds=[0], slots=3).seconds == pytest.approx(12 * 16 / 3)
    halving = SearchConfig.model_validate({"sampler": "random", "trials": 12, "early_stopping": HALVING})
    stopped = simulate(recorded(seconds=16), halving, seeds=[0])
    assert stopped.count("PRUNED") > 0
    assert stopped.trials[-1].epochs < 12 * EPOCHS
    assert stopped.seconds == pytest.approx(stopped.trials[-1].epochs * 16 / EPOCHS)


def test_nothing_starts_or_counts_beyond_the_budget() -> None:
    search = SearchConfig(sampler="random", trials=1000)
    simulated = simulate(recorded(), search, seeds=[0], epochs=3.5 * EPOCHS)
    assert len(simulated.trials) == 3


def test_a_setting_that_diverged_is_never_chosen() -> None:
    table = recorded(diverged=(4, "cross_view"))
    simulated = simulate(table, SearchConfig(sampler="grid", seeds=4), seeds=list(SEEDS))
    states = {(each.setting, each.row.state) for each in simulated.trials}
    assert ((4, "cross_view"), "PRUNED") in states
    assert simulated.chosen() in {(3, "cross_view"), (5, "cross_view")}


def test_the_choice_is_that_of_what_was_known_by_then() -> None:
    simulated = simulate(recorded(), SearchConfig(sampler="grid", seeds=1), seeds=[0])
    assert simulated.chosen(epochs=EPOCHS - 1) is None
    assert simulated.chosen(epochs=EPOCHS) == (0, "cross_view")
    assert simulated.chosen() == (4, "cross_view")


def test_many_searches_begin_with_another_seed_each() -> None:
    table = recorded()
    searches = run_searches(table, Strategy("tpe"), seeds=[0, 1], searches=4, epochs=10 * EPOCHS)
    assert len({str(ended(each)) for each in searches}) > 1
    judge = Judge.of(table, [2, 3])
    stand = reached(searches, judge, share=1.0, grid=10 * EPOCHS)
    assert stand.successes == sum(judge.success(each.chosen()) for each in searches)
    nothing = reached(searches, judge, share=0.0, grid=10 * EPOCHS)
    assert nothing.successes == 0
