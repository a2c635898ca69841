"""The contract of every adaptive sampler, through the ledger."""

from collections import Counter
from typing import Any, get_args

import pytest

from spreadtune.search.sampling.samplers import POPULATION, SamplerName, draw_seed
from spreadtune.search.storage.book import Book
from spreadtune.spec.search import Sampler
from spreadtune.theory import alpha_from_window

SPACE = {
    "objective.autoencoder_weight": {"log_uniform": [0.01, 10], "when": {"model.decoder": "conv"}},
    "objective.temperature": {"log_uniform": [0.1, 1]},
    "objective.alpha": {"window": [0.2, 0.8]},
    "model.decoder": {"choice": ["none", "conv"]},
    "training.epochs": {"int": [2, 9]},
}
VARIANTS = {"long": {}, "short": {"set": {"training.epochs": 2}}}


class Killed(BaseException):
    """What a driver that is killed does not live to see."""


def value(assignment: Any) -> float:
    """Smooth in the space, so that a model has something to learn."""
    objective = assignment.spec.objective
    return float(1 - (objective.alpha - 0.4) ** 2 - 0.1 * objective.temperature)


def drawn(assignments: Any) -> list[Any]:
    return [(a.number, a.variant, a.setting, a.seed, a.spec) for a in assignments]


def kill_before_the_record(lab: Any, ledger: Any) -> None:
    """The hard case: the sampler has drawn, and nothing of it is stored but what the sampler itself noted."""

    def killed(*_: Any) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Book, "write", killed)
        with pytest.raises(Killed):
            ledger.next()
    lab.kill(ledger)


SAMPLERS = [
    pytest.param("random", 4),
    pytest.param("qmc", 4),
    pytest.param("tpe", 12, marks=pytest.mark.slow),  # the first ten are drawn at random, by GP's too
    pytest.param("gp", 12, marks=pytest.mark.slow),
    pytest.param("nsga2", POPULATION + 3, marks=pytest.mark.slow),
]


def test_every_sampler_is_tried() -> None:
    assert {case.values[0] for case in SAMPLERS} == set(get_args(Sampler)) - {"grid"} == set(get_args(SamplerName))


@pytest.mark.parametrize(("sampler", "trials"), SAMPLERS)
def test_contract(new_lab: Any, sampler: str, trials: int) -> None:
    whole = new_lab()
    study = whole.study(sampler=sampler, trials=trials, space=SPACE, variants=VARIANTS)
    ledger = whole.open(study)
    done = whole.run_all(ledger, value)
    assert [a.variant for a in done] == ["long", "short"] * trials, "they take turns"

    stored = {book.variant: [trial.params for trial in book.study.get_trials()] for book in ledger._books}
    for assignment in done:
        model, objective, params = assignment.spec.model, assignment.spec.objective, stored[assignment.variant].pop(0)
        assert 0.1 <= objective.temperature <= 1
        low, high = (
            alpha_from_window(
                end, [64.0, 64.0], objective.temperature, pairs="cross_view", denominator="negatives", views=2
            )
            for end in (0.2, 0.8)
        )
        assert low <= objective.alpha <= high, "inside the window of its own temperature"
        assert assignment.spec.training.epochs in range(2, 10)
        assert ("objective.autoencoder_weight" in params) == (model.decoder.name == "conv")
        assert objective.autoencoder_weight == params.get("objective.autoencoder_weight", 0.0)
        assert ("training.epochs" in params) == (assignment.variant == "long")
        assert params["model.decoder"] == model.decoder.name
    assert {a.spec.model.decoder.name for a in done} == {"none", "conv"}
    assert done[0].spec.objective.alpha != done[1].spec.objective.alpha, "each variant has its own sequence"

    killed = new_lab()
    pieces: list[Any] = []
    for stop in (1, 2 * trials - 3, 2 * trials - 2, 2 * trials - 1, 2 * trials):
        ledger = killed.open(study)
        while len(pieces) < stop:
            pieces.append(ledger.next())
            killed.finish(ledger, pieces[-1], value(pieces[-1]))
        if stop < 2 * trials:
            kill_before_the_record(killed, ledger)
    assert drawn(pieces) == drawn(done), "killed and opened again, a study goes on with its own sequence"


def test_generations_evolve(lab: Any) -> None:
    """From the second on, individuals are crossed from those before: their numbers are those of different parents."""
    space = {
        "objective.temperature": {"log_uniform": [0.1, 1]},
        "objective.alpha": {"uniform": [0, 1]},
        "objective.autoencoder_weight": {"uniform": [0, 1]},
    }
    ledger = lab.open(lab.study(sampler="nsga2", trials=3 * POPULATION, space=space))
    lab.run_all(ledger, value)
    trials = ledger._books[0].study.get_trials()
    generation = [trial.system_attrs["NSGAIISampler:generation"] for trial in trials]
    assert Counter(generation) == {0: POPULATION, 1: POPULATION, 2: POPULATION}
    first, second = trials[:POPULATION], trials[POPULATION : 2 * POPULATION]
    parents = [
        {old.number for old in first for path in space if old.params[path] == child.params[path]} for child in second
    ]
    assert all(parents), "a child without a parent was drawn at random"
    assert any(len(of_child) > 1 for of_child in parents), "some were crossed"


def test_the_seed_of_a_draw_depends_on_everything_that_names_it() -> None:
    seeds = {draw_seed(s, v, n) for s in (0, 1) for v in ("main", "other") for n in range(50)}
    assert len(seeds) == 200
    assert draw_seed(0, "main", 0) == 401303399, "a study of yesterday goes on with its sequence today"
    assert all(0 <= seed < 2**32 for seed in seeds)


@pytest.mark.parametrize("sampler", ["random", "qmc"])
def test_another_study_seed_draws_other_settings(new_lab: Any, sampler: str) -> None:
    alphas = []
    for seed in (0, 1):
        lab = new_lab()
        study = lab.study(seed=seed, sampler=sampler, trials=1, space={"objective.alpha": {"uniform": [0, 1]}})
        alphas.append(lab.open(study).next().spec.objective.alpha)
    assert alphas[0] != alphas[1]


@pytest.mark.parametrize("sampler", ["qmc", pytest.param("gp", marks=pytest.mark.slow)])
def test_trials_side_by_side_get_different_settings(lab: Any, sampler: str) -> None:
    trials = 12 if sampler == "gp" else 4
    ledger = lab.open(lab.study(sampler=sampler, trials=trials, space={"objective.alpha": {"uniform": [0, 1]}}))
    for _ in range(trials - 2):
        assignment = ledger.next()
        lab.finish(ledger, assignment, value(assignment))
    one, other = ledger.next(), ledger.next()
    assert abs(one.spec.objective.alpha - other.spec.objective.alpha) > 1e-3
