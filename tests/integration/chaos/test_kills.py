"""Drivers and workers killed at random moments; in the end every setting has finished once, with one encoder or two.

A short one runs with the slow tests. The long one, 20 kills over 24 trials:

    SPREADTUNE_CHAOS_KILLS=20 SPREADTUNE_CHAOS_TRIALS=24 pytest -m slow -s tests/integration/chaos

Its seed is printed, and can be given again with SPREADTUNE_CHAOS_SEED.
"""

import json
import os
import random
import secrets
import subprocess
import time
from typing import Any

import psutil
import pytest

import spreadtune
from spreadtune.run_folder import RunFolder
from tests.aftermath import assert_nothing_left, pairs
from tests.workplace import Workplace

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("SPREADTUNE_CHAOS_KILLS", "3"))
TRIALS = int(os.environ.get("SPREADTUNE_CHAOS_TRIALS", "8"))
SEED = int(os.environ.get("SPREADTUNE_CHAOS_SEED", secrets.randbelow(10**6)))
PATIENCE = 900


def workers(run: RunFolder) -> list[psutil.Process]:
    """Those that train something now, as their attempts name them."""
    found = []
    for number in run.trials():
        folder = run.trial(number)
        notes = [attempt.worker_file for attempt in folder.attempts() if attempt.worker_file.exists()]
        if folder.outcome() or not notes:
            continue
        try:
            found.append(psutil.Process(json.loads(notes[-1].read_text())["pid"]))
        except (psutil.Error, ValueError):
            continue
    return found


def kill_one(driver: subprocess.Popen[str], run: RunFolder, chance: random.Random) -> str:
    """Kill the driver or a worker of it, without a warning."""
    training = workers(run)
    if training and chance.random() < 0.5:
        victim = chance.choice(training)
        try:
            victim.kill()
        except psutil.Error:
            return "a worker that had just ended"
        return f"worker {victim.pid}"
    driver.kill()
    return f"driver {driver.pid}"


def test_whatever_is_killed_every_setting_finishes_once(workplace: Workplace) -> None:
    chance = random.Random(SEED)
    print(f"seed {SEED}, {KILLS} kills, {TRIALS} trials")  # noqa: T201
    each = TRIALS // 4  # of two variants, two seeds
    alphas = [round(place / each, 4) for place in range(each)]
    workplace.write(
        "chaos",
        {
            "data.augmentation": {"name": "runtime_parts:slowly", "seconds": 0.3},
            "training.epochs": 8,
            "search": {"seeds": 2, "variants": variants(alphas)},
            "resources.retries": KILLS,
        },
    )
    driver, kills, end = workplace.start("run", "chaos", "--no-dashboard"), 0, time.monotonic() + PATIENCE
    run = workplace.begun("chaos")
    while True:
        try:
            output, _ = driver.communicate(timeout=chance.uniform(1, 9) if kills < KILLS else end - time.monotonic())
        except subprocess.TimeoutExpired:
            assert time.monotonic() < end, f"not finished after {PATIENCE} s (seed {SEED})"
            print(f"killed {kill_one(driver, run, chance)}")  # noqa: T201
            kills += 1
            continue
        if driver.returncode == 0:
            break
        assert driver.returncode == -9, f"seed {SEED}:\n{output}"
        driver = workplace.start("run", "chaos", "--no-dashboard", "--resume")
    assert kills == KILLS, f"the study was over before (seed {SEED})"
    found = pairs(run)
    assert set(found.values()) == {1}, f"seed {SEED}"
    assert len(found) == 4 * len(alphas) == len(run.trials())
    assert_nothing_left(workplace, run)
    results = spreadtune.load_results(run.path)
    of_members = results.trials[results.trials["variant"] == "members"]
    for number in of_members["trial"]:
        epochs = results.history.loc[results.history["trial"] == number, "epoch"]
        assert epochs.tolist() == list(range(1, 12)), f"seed {SEED}: none twice, none lost"
    code, output = workplace.run("replay", "chaos", str(of_members["trial"].iloc[-1]))
    assert code == 0, output
    assert "all numbers are equal, compared bit for bit" in output


def variants(alphas: list[float]) -> dict[str, Any]:
    """One encoder, and two of which the second does not depend on what is searched."""
    grid = {"grid": alphas}
    members = {"contrast": {"set": {"objective.alpha": 0.5}}, "other": {"set": OTHER}}
    return {
        "one": {"space": {"objective.alpha": grid}},
        "members": {"set": {"members": members}, "space": {"members.contrast.set.objective.alpha": grid}},
    }


OTHER = {"objective": "cross_entropy", "training.epochs": 3}
