"""The same numbers again, or the names of those that are not."""

import json
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from spreadtune.errors import UserError
from spreadtune.run_folder import Outcome, TrialFolder, write_json
from spreadtune.trial.replay import TOLERANCE, Comparison, replay
from spreadtune.trial.run import run_trial
from tests.small_trial import MEASURED, new_trial, next_attempt, small_trial, ticking

STEPS = 3
DIVERGING = small_trial({"objective": {"name": "tests.own_parts:Pull", "fails_from": 3 * STEPS}})


@pytest.fixture(scope="module")
def compared(finished: TrialFolder) -> Comparison:
    return replay(finished)


@pytest.fixture
def stopped(folder: TrialFolder) -> TrialFolder:
    """A trial that the driver stopped after its second epoch."""
    spec = small_trial()
    new_trial(folder, spec)
    run_trial(spec, next_attempt(folder, stop=lambda: len(folder.history()) == 2))
    Outcome("PRUNED", "median: 0.5 is below 0.6", 2, metrics=folder.history()[-1]).write(folder.result_file)
    return folder


def test_a_complete_trial_gives_every_number_again_bit_for_bit(compared: Comparison) -> None:
    assert compared.exact
    assert compared.same_metrics
    assert compared.epoch == 4
    assert {"epoch", "loss", "gradient_norm.supcon", "learning_rate", *MEASURED} <= compared.recorded.keys()
    assert not {"seconds", "time", "attempt"} & compared.recorded.keys()
    assert compared.replayed == compared.recorded
    assert compared.differing() == []


def test_an_interrupted_trial_too(finished: TrialFolder, folder: TrialFolder) -> None:
    spec = small_trial({"training.epochs": 2})
    new_trial(folder, spec)
    run_trial(spec, next_attempt(folder, stop=lambda: True))
    outcome = run_trial(spec, next_attempt(folder))
    assert outcome is not None
    outcome.write(folder.result_file)
    comparison = replay(folder)
    assert comparison.exact
    assert comparison.differing() == []


def test_a_stopped_trial_is_replayed_as_far_as_it_came(stopped: TrialFolder) -> None:
    epochs: list[tuple[int, int]] = []
    comparison = replay(stopped, on_epoch=lambda epoch, last: epochs.append((epoch, last)))
    assert epochs == [(1, 2), (2, 2)]
    assert comparison.exact
    assert {"epoch", "loss", "spread", "knn_transfer_accuracy"} <= comparison.recorded.keys()
    assert comparison.differing() == []


def test_an_orphan_that_went_on_after_the_stop_changes_nothing(stopped: TrialFolder) -> None:
    run_trial(small_trial(), next_attempt(stopped))
    assert replay(stopped).differing() == []


def test_a_diverged_trial_has_to_diverge_again_in_the_same_epoch(folder: TrialFolder) -> None:
    new_trial(folder, DIVERGING)
    outcome = run_trial(DIVERGING, next_attempt(folder))
    assert outcome is not None
    outcome.write(folder.result_file)
    comparison = replay(folder)
    assert comparison.recorded["epoch"] == comparison.replayed["epoch"] == 2
    assert comparison.recorded["loss"] == comparison.replayed["loss"]
    assert comparison.differing() == []
    tamed = small_trial({"objective": {"name": "tests.own_parts:Pull", "fails_from": 1000}})
    new_trial(folder, tamed)
    assert "epoch" in replay(folder).differing()


def test_one_whose_time_was_up_ends_after_the_same_epoch(folder: TrialFolder) -> None:
    spec = small_trial({"training.time_limit": 30})
    new_trial(folder, spec)
    outcome = run_trial(spec, next_attempt(folder, clock=ticking(10.0)))
    assert outcome is not None
    outcome.write(folder.result_file)
    comparison = replay(folder)  # by the clock of this machine, which needs less than a second
    assert comparison.exact
    assert comparison.epoch == comparison.replayed["epoch"] == 3
    assert comparison.differing() == []


def test_a_tampered_number_is_found(finished: TrialFolder, compared: Comparison, tmp_path: Path) -> None:
    recorded = dict(compared.recorded)
    recorded["transfer_accuracy"] += 1e-12
    assert replace(compared, recorded=recorded).differing() == ["transfer_accuracy"]
    del recorded["alignment"]
    assert replace(compared, recorded=recorded).differing() == ["alignment", "transfer_accuracy"]


def test_a_metric_that_came_with_a_later_version_is_not_compared(compared: Comparison) -> None:
    older = {name: value for name, value in compared.recorded.items() if name != "alignment"}
    assert replace(compared, recorded=older).differing() == ["alignment"], "the versions are the same"
    assert replace(compared, recorded=older, exact=False).differing() == []
    assert replace(compared, recorded=older, same_metrics=False).differing() == [], "between two releases"
    newer = {name: value for name, value in compared.replayed.items() if name != "alignment"}
    assert replace(compared, replayed=newer, exact=False).differing() == ["alignment"], "it was measured then"
    lost = {name: value for name, value in compared.recorded.items() if name != "loss"}
    assert replace(compared, recorded=lost, exact=False).differing() == ["loss"], "which is no metric"


def test_tampered_files_are_found(stopped: TrialFolder) -> None:
    history = stopped.attempts()[0].history_file
    lines = [json.loads(line) for line in history.read_text().splitlines()]
    lines[-1]["loss"] += 1e-9
    history.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert replay(stopped).differing() == ["loss"]


def test_elsewhere_numbers_may_differ_within_the_tolerance() -> None:
    there = Comparison({"spread": 0.5}, {"spread": 0.5 + 0.9 * TOLERANCE}, exact=False, epoch=1)
    assert there.differing() == []
    assert replace(there, replayed={"spread": 0.5 + 1.1 * TOLERANCE}).differing() == ["spread"]
    assert replace(there, exact=True).differing() == ["spread"]


@pytest.mark.parametrize(("one", "other", "equal"), [("nan", "nan", True), ("nan", "inf", True), ("nan", "1", False)])
def test_what_is_no_number_equals_what_is_none(one: str, other: str, equal: bool) -> None:
    comparison = Comparison({"uniformity": float(one)}, {"uniformity": float(other)}, exact=True, epoch=1)
    assert (comparison.differing() == []) == equal


@pytest.mark.parametrize("name", ["torch", "device_name", "spreadtune"])
def test_only_the_same_environment_is_held_to_bits(stopped: TrialFolder, name: str) -> None:
    path = stopped.attempts()[0].environment_file
    write_json(path, {**json.loads(path.read_text()), name: "another"})
    assert not replay(stopped).exact


def test_a_trial_from_before_a_metric_is_held_to_the_bits_of_all_others(stopped: TrialFolder) -> None:
    path = stopped.attempts()[0].environment_file
    for older in ({"metrics": "another"}, {}):
        environment = {name: value for name, value in json.loads(path.read_text()).items() if name != "metrics"}
        write_json(path, environment | older)
        comparison = replay(stopped)
        assert (comparison.exact, comparison.same_metrics) == (True, False)


def test_a_trial_without_numbers_is_refused(finished: TrialFolder, tmp_path: Path) -> None:
    folder = TrialFolder(copytree(finished.path, tmp_path / "0003"))
    Outcome("FAIL", "out of memory").write(folder.result_file)
    with pytest.raises(UserError, match=r"^trial 3 is failed: "):
        replay(folder)
    folder.result_file.unlink()
    with pytest.raises(UserError, match=r"^trial 3 is not finished: "):
        replay(folder)
