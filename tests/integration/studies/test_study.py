"""A study from its file to its report, as a person runs it."""

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

import spreadtune
from spreadtune.errors import UserError
from tests.workplace import Workplace, wait_for

pytestmark = pytest.mark.slow


def test_a_search_with_a_window_and_early_stopping(workplace: Workplace) -> None:
    workplace.write(
        "search",
        {
            "model.decoder": "conv",
            "search": {
                "sampler": "tpe",
                "trials": 8,
                "early_stopping": {"name": "successive_halving", "min_epochs": 1, "reduction": 2},
                "space": {
                    "objective.temperature": {"log_uniform": [0.1, 1]},
                    "objective.alpha": {"window": [0, 1]},
                    "objective.autoencoder_weight": {"log_uniform": [0.01, 10]},
                },
            },
        },
    )
    code, output = workplace.run("run", "search", "--no-dashboard")
    assert code == 0, output
    run = workplace.newest("search")
    results = spreadtune.load_results(run.path)
    trials = results.trials
    assert Counter(trials["state"])["PRUNED"] >= 1
    assert len(trials) == 8
    assert trials["metric.reconstruction_error"][trials["state"] == "COMPLETE"].between(0, 0.5).all()
    position = trials["param.objective.alpha.position"].to_numpy()
    low, high = trials["theory.alpha_c"], trials["theory.alpha_m"]
    complete = (trials["state"] == "COMPLETE").to_numpy()
    expected = (low + position * (high - low))[complete]
    # The window is that of the expected class counts, the recorded theory that of those which the batches had.
    np.testing.assert_allclose(trials["param.objective.alpha"][complete], expected, atol=1e-3)

    # Whatever ended a trial, its replay finds its numbers.
    for state in ("COMPLETE", "PRUNED"):
        number = str(trials.loc[trials["state"] == state, "trial"].iloc[0])
        code, output = workplace.run("replay", "search", number)
        assert code == 0, output
        assert "all numbers are equal, compared bit for bit" in output
    code, output = workplace.run("replay", "search", "99")
    assert (code, output) == (2, f"error: {run.label} has no trial 99; it has trials 0 to 7\n")


def test_two_objectives_with_a_bound_and_a_choice_that_is_changed_afterwards(workplace: Workplace) -> None:
    workplace.write(
        "front",
        {
            "search": {
                "sampler": "random",
                "trials": 5,
                "early_stopping": {"name": "successive_halving", "metric": "spread", "reduction": 2},
                "space": {"objective.alpha": {"uniform": [0, 1]}},
                "optimize": {"transfer_accuracy": "maximize", "spread": "minimize"},
                "subject_to": {"class_accuracy": ">= 0"},
            },
        },
    )
    code, output = workplace.run("run", "front", "--no-dashboard")
    assert code == 0, output
    assert "Pareto front of transfer accuracy and spread: " in output
    assert "Asked was class accuracy >= 0: " in output
    run = workplace.newest("front")
    trials = spreadtune.load_results(run.path).trials
    assert Counter(trials["state"])["PRUNED"] >= 1, "the spread in training decides"
    code, output = workplace.run("run", "front", "--resume", "--set", "search.select_on={spread: maximize}")
    assert code == 0, output
    done = trials[trials["state"] == "COMPLETE"]
    highest = done.loc[done["metric.spread"].idxmax()]
    assert f"alpha {highest['param.objective.alpha']:.3g}. Its spread is {highest['metric.spread']:.3f}" in output
    assert len(spreadtune.load_results(run.path).trials) == 5, "nothing is trained again"
    code, output = workplace.run("runs", "front")
    assert f"spread {highest['metric.spread']:.3f} at alpha" in output


def test_what_a_notebook_reads(workplace: Workplace) -> None:
    workplace.write("notebook", {"search.seeds": 1})
    cell = "import spreadtune; print(spreadtune.run(spreadtune.load_study('notebook')).answer())"
    done = subprocess.run(
        [sys.executable, "-c", cell], cwd=workplace.folder, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Best setting: alpha "), "without a monitor a notebook shows the answer alone"
    run = workplace.newest("notebook")
    results = spreadtune.load_results("notebook", results=workplace.folder / "results")
    trial = results.trial(1)
    found = trial.embeddings("validation")
    assert {name: array.shape[0] for name, array in found.items()} == dict.fromkeys(found, len(found["h"]))
    assert list(found) == ["h", "z", "class", "subclass", "index"]
    np.testing.assert_allclose(np.linalg.norm(found["z"], axis=1), 1, atol=1e-5)
    cosines = found["z"] @ found["z"].T
    spreads = []
    for label in (0, 1):
        inside = cosines[np.ix_(found["class"] == label, found["class"] == label)]
        spreads.append((1 - inside)[~np.eye(len(inside), dtype=bool)].mean())
    assert np.mean(spreads) == pytest.approx(trial.metrics["spread"], abs=1e-5)
    images = torch.rand(3, 1, 8, 8)
    assert trial.encoder()(images).shape == (3, 16)
    with pytest.raises(UserError, match="test"):
        trial.embeddings("test")
    with pytest.raises(UserError, match="has no trial 7; its trials are 0 to 1"):
        results.trial(7)
    assert set(results.history["epoch"]) == {1, 2, 3, 4}

    code, output = workplace.run("report", "notebook")
    assert code == 0
    assert str(run.report_file) in output
    code, output = workplace.run("report", "notbook")
    assert code == 2
    assert "no run 'notbook'" in output


def test_more_seeds_add_to_a_finished_run(workplace: Workplace) -> None:
    workplace.write("grows", {"search.seeds": 1})
    assert workplace.run("run", "grows", "--no-dashboard")[0] == 0
    run = workplace.newest("grows")
    before = spreadtune.load_results(run.path).trials
    code, output = workplace.run("run", "grows", "--no-dashboard", "--resume", "--seeds", "2")
    assert code == 0, output
    assert workplace.newest("grows") == run
    results = spreadtune.load_results(run.path)
    assert sorted(zip(results.trials["setting"], results.trials["seed"], strict=True)) == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    ]
    assert set(before["trial"]) <= set(results.trials["trial"])
    assert sorted(results.references["seed"]) == [0, 1], "raised seeds have floors and ceilings of their own"
    code, output = workplace.run("run", "grows", "--resume", "--seeds", "1")
    assert code == 2
    assert "it can be raised, not lowered" in output
    code, output = workplace.run("run", "grows", "--resume", "--set", "training.epochs=5")
    assert code == 2
    assert "training.epochs: 4 -> 5" in output
    written = run.report_file.stat().st_mtime_ns
    code, output = workplace.run("run", "grows", "--resume", "--no-dashboard")
    assert code == 0, "a finished run is only reported again"
    assert "to run     nothing: 4 trials and 2 references (floors and ceiling) are done" in output
    assert "Ray" not in output
    assert run.manifest()["slots"]["count"] >= 1, "what trained it is still known"
    assert run.report_file.stat().st_mtime_ns > written


def test_the_dashboard_wants_its_token(workplace: Workplace) -> None:
    slowly = {"name": "runtime_parts:slowly", "seconds": 0.2}
    workplace.write("watched", {"data.augmentation": slowly, "training.epochs": 200, "search.seeds": 1})
    process = workplace.start("run", "watched")
    log: list[str] = []

    def address() -> str | None:
        assert process.stdout
        log.append(process.stdout.readline())
        found = re.match(r"dashboard +(http://\S+) ", log[-1])
        return found[1] if found else None

    url = wait_for(address, 120) + "/api/version"
    command = re.search(r"`(.+)` shows it", log[-1])
    assert command
    assert command[1].endswith("ray get-auth-token")
    token = (Path.home() / ".ray" / "auth_token").read_text().strip()
    assert token not in "".join(log)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(url, timeout=20)
    assert refused.value.code in (401, 403)
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert json.load(answer)["ray_version"].startswith("2.60")
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 130
