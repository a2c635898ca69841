"""The contract of every adaptive sampler, through the ledger."""

from typing import Any

import pytest

from spreadtune.search.samplers import draw_seed

SPACE = {
    "objective.autoencoder_weight": {"log_uniform": [0.01, 10], "when": {"model.decoder": "conv"}},
    "objective.temperature": {"log_uniform": [0.1, 1]},
    "objective.alpha": {"uniform": [0.2, 0.8]},
    "model.decoder": {"choice": ["none", "conv"]},
    "model.encoder.width": {"int": [2, 3], "when": {"model.head": "mlp"}},
}


def value(assignment: Any) -> float:
    """Smooth in the space, so that a model has something to learn."""
    return 1 - (assignment.spec.objective.alpha - 0.4) ** 2 - 0.1 * assignment.spec.objective.temperature


def drawn(assignments: Any) -> list[Any]:
    return [(a.number, a.setting, a.seed, a.spec) for a in assignments]


@pytest.mark.parametrize(("sampler", "trials"), [("random", 6), ("tpe", 12)])
def test_contract(new_lab: Any, sampler: str, trials: int) -> None:
    """TPE draws its first ten at random and then from its model."""
    whole = new_lab()
    study = whole.study(sampler=sampler, trials=trials, space=SPACE)
    ledger = whole.open(study)
    done = whole.run_all(ledger, value)
    assert len(done) == trials

    stored = [trial.params for trial in ledger._books[0].study.get_trials()]
    for assignment, params in zip(done, stored, strict=True):
        objective = assignment.spec.objective
        assert 0.2 <= objective.alpha <= 0.8
        assert 0.1 <= objective.temperature <= 1
        assert ("objective.autoencoder_weight" in params) == (params["model.decoder"] == "conv")
        assert "model.encoder.width" not in params
        assert assignment.spec.model.decoder.name == params["model.decoder"]
        assert objective.autoencoder_weight == params.get("objective.autoencoder_weight", 0.0)
    assert {params["model.decoder"] for params in stored} == {"none", "conv"}

    again = new_lab()
    pieces = []
    for stop in (1, trials - 1, trials):
        ledger = again.open(study)
        while len(pieces) < stop:
            pieces.append(ledger.next())
            again.finish(ledger, pieces[-1], value(pieces[-1]))
    assert drawn(pieces) == drawn(done), "closed and opened again, a study goes on with its own sequence"


def test_the_seed_of_a_draw_depends_on_everything_that_names_it() -> None:
    seeds = {draw_seed(s, v, n) for s in (0, 1) for v in ("main", "other") for n in range(50)}
    assert len(seeds) == 200
    assert draw_seed(0, "main", 0) == 401303399, "a study of yesterday goes on with its sequence today"
    assert all(0 <= seed < 2**32 for seed in seeds)


def test_another_study_seed_draws_other_settings(new_lab: Any) -> None:
    alphas = []
    for seed in (0, 1):
        lab = new_lab()
        study = lab.study(seed=seed, sampler="random", trials=1, space={"objective.alpha": {"uniform": [0, 1]}})
        alphas.append(lab.open(study).next().spec.objective.alpha)
    assert alphas[0] != alphas[1]
