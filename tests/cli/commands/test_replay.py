"""``replay`` as typed: a line for each number, a verdict, and the exit code that a script looks at."""

import re
from dataclasses import replace

import pytest

from spreadtune.cli.main import main
from spreadtune.run_folder import Outcome, RunFolder, TrialFolder, write_json
from spreadtune.trial.replay import TOLERANCE
from spreadtune.trial.run import run_trial
from tests.cli.test_mistakes import told
from tests.small_trial import new_trial, next_attempt, small_trial


@pytest.fixture
def trial(run: RunFolder) -> TrialFolder:
    """Trial 3, trained and published."""
    folder = new_trial(run.trial(3), small_trial({"training.epochs": 1}))
    outcome = run_trial(small_trial({"training.epochs": 1}), next_attempt(folder))
    assert outcome is not None
    outcome.write(folder.result_file)
    return folder


def replayed(capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    with pytest.raises(SystemExit) as ended:
        main(["replay", "x", "3"])
    return int(ended.value.code or 0), capsys.readouterr().out.splitlines()


def change(trial: TrialFolder, metric: str, by: float) -> None:
    outcome = trial.outcome()
    assert outcome is not None
    changed = replace(outcome, metrics={**outcome.metrics, metric: outcome.metrics[metric] + by})
    changed.write(trial.result_file)


def test_equal_numbers_stand_beside_each_other(
    run: RunFolder, trial: TrialFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    code, (heading, *rows, verdict) = replayed(capsys)
    assert code == 0
    assert heading == f"replaying trial 3 of {run.label}"
    assert verdict == "all numbers are equal, compared bit for bit, after epoch 1"
    cells = [re.split(" +", row) for row in rows]
    assert [name for name, *_ in cells] == sorted(name for name, *_ in cells)
    assert all(recorded == again and mark == "equal" for _, recorded, again, mark in cells)
    outcome = trial.outcome()
    assert outcome is not None
    assert {name: float(number) for name, number, *_ in cells}.items() >= outcome.metrics.items()


def test_one_that_differs_in_its_last_bit_is_named(trial: TrialFolder, capsys: pytest.CaptureFixture[str]) -> None:
    change(trial, "spread", by=1e-15)
    code, (_, *rows, verdict) = replayed(capsys)
    assert code == 1
    assert [row.split()[0] for row in rows if row.endswith("differs")] == ["spread"]
    assert verdict.startswith(f"1 of {len(rows)} numbers differ, compared bit for bit")


def test_on_another_kind_of_machine_they_may_differ_a_little(
    trial: TrialFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = trial.attempts()[0].environment_file
    write_json(environment, trial.environment() | {"torch": "1.0.0"})
    change(trial, "spread", by=TOLERANCE / 2)
    code, (*_, verdict) = replayed(capsys)
    assert code == 0
    assert f"compared within {TOLERANCE} (another device, torch or worker count than recorded)" in verdict


def test_trials_that_cannot_be_replayed(run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "replay", "x", "3") == f"{run.label} has no trial 3; it has no trials yet"
    folder = new_trial(run.trial(0), small_trial())
    assert told(capsys, "replay", "x", "3") == f"{run.label} has no trial 3; it has trials 0 to 0"
    for state in ("not finished", "failed"):
        with pytest.raises(SystemExit) as ended:
            main(["replay", "x", "0"])
        assert ended.value.code == 2
        assert capsys.readouterr().err == f"error: trial 0 is {state}: there are no numbers to compare with\n"
        Outcome("FAIL", "no reason", 0).write(folder.result_file)
