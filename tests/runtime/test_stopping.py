"""How a trial that early stopping ends is told: by Tune, or by a file where Tune would kill a group of workers."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ray.train.v2.api.exceptions import ControllerError, WorkerGroupError

from spreadtune.run_folder import Outcome, TrialFolder, UnwritableError
from spreadtune.runtime.cluster.resources import Slots
from spreadtune.runtime.monitor import SilentMonitor
from spreadtune.runtime.tune.adapters import LedgerScheduler
from spreadtune.runtime.tune.jobs import Jobs
from spreadtune.runtime.tune.stop_request import StopRequest
from spreadtune.runtime.worker.actor import _unwritable
from spreadtune.spec.search import SearchConfig


def jobs(folder: TrialFolder, workers: int, kind: str = "trial", pruned: bool = True) -> Jobs:
    """A trial in training, which the ledger wants stopped early, or not."""
    folder.path.mkdir(parents=True, exist_ok=True)
    assignment = SimpleNamespace(kind=kind, number=7, folder=folder, label="alpha 0")

    def settle(number: int, error: str | None) -> Any:
        settled.append(number)
        return SimpleNamespace(state="PRUNED", reason="stopped early")

    ledger: Any = SimpleNamespace(
        report=lambda number, epoch, metrics: pruned,
        settle=settle,
        settle_reference=settle,
        next=lambda: assignment,
        progress=lambda: None,
        study=SimpleNamespace(resources=SimpleNamespace(retries=1), search=SearchConfig()),
    )
    made = Jobs(ledger, Slots(workers, 1, 0, 1), SilentMonitor(), "scratch", StopRequest())
    assert made.start("tune-id") is not None
    return made


settled: list[int] = []


@pytest.fixture(autouse=True)
def nothing_settled() -> None:
    settled.clear()


@pytest.fixture
def folder(tmp_path: Path) -> TrialFolder:
    return TrialFolder(tmp_path / "trials" / "0007")


def test_tune_stops_one_worker(folder: TrialFolder) -> None:
    assert jobs(folder, workers=1).report("tune-id", 3, {})
    assert not folder.stop_file.exists()


def test_a_file_stops_several_and_is_gone_when_they_have_ended(folder: TrialFolder) -> None:
    made = jobs(folder, workers=2)
    assert not made.report("tune-id", 3, {}), "Tune would kill the actor and leave the group's reservation behind"
    assert folder.stop_file.exists()
    made.end("tune-id", lost=False)
    assert not folder.stop_file.exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_reference_is_never_stopped(workers: int, folder: TrialFolder) -> None:
    assert not jobs(folder, workers, kind="reference").report("tune-id", 3, {})
    assert not folder.stop_file.exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_trial_that_was_asked_to_end_is_left_for_a_resume(workers: int, folder: TrialFolder) -> None:
    made = jobs(folder, workers, pruned=False)
    with made.stop.heeded(made.ask_all_to_stop):
        assert made.stop.make()
    assert folder.stop_file.exists()
    made.end("tune-id", lost=False)
    assert made.left
    assert settled == []
    assert not folder.stop_file.exists()
    assert made.start("another") is None, "nothing more is handed out"


def test_what_ended_all_the_same_is_settled(folder: TrialFolder) -> None:
    """It finished before it looked, or was stopped early."""
    finished = jobs(folder, 1, pruned=False)
    Outcome("COMPLETE", epoch=4).write(folder.new_attempt().result_file)
    early = jobs(TrialFolder(folder.path.with_name("0008")), 1)
    early.report("tune-id", 3, {})
    for made, lost in ((finished, False), (early, False), (early, True)):
        made.stop.made = True
        made.end("tune-id", lost=lost)
        assert not made.left
    assert settled == [7, 7]


def test_one_whose_worker_vanished_meanwhile_is_left_too(folder: TrialFolder) -> None:
    made = jobs(folder, 1)
    made.stop.made = True
    made.end("tune-id", lost=True)
    assert made.left
    assert settled == []


def test_a_request_counts_only_while_somebody_heeds_it() -> None:
    stop = StopRequest()
    assert not stop.make()
    heard: list[str] = []
    with stop.heeded(lambda: heard.append("stop")):
        assert stop.make()
    assert heard == ["stop"]
    assert not StopRequest().made


def test_a_stop_file_of_a_killed_driver_stops_nobody(folder: TrialFolder) -> None:
    made = jobs(folder, 1)
    folder.stop_file.touch()
    assert made.start("another") is not None
    assert not folder.stop_file.exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_ends_what_is_in_training_and_fails_nothing(workers: int, folder: TrialFolder) -> None:
    made = jobs(folder, workers, pruned=False)
    scheduler, full = LedgerScheduler(made), {"unwritable": "no space left", "folder": str(folder.path)}
    assert scheduler.on_trial_result(None, SimpleNamespace(trial_id="another"), full) == "STOP"
    assert str(made.broken) == f"{folder.path} cannot be written: no space left"
    assert folder.stop_file.exists(), "several workers end by themselves, where the file can be made"
    assert made.report("tune-id", 3, {}) == (workers == 1)
    folder.stop_file.unlink()
    assert made.report("tune-id", 3, {}), "where it cannot, Tune stops them"
    made.end("tune-id", lost=True)
    assert made.left
    assert settled == []
    assert made.start("another") is None


def test_a_group_s_full_disk_is_told_from_other_ends() -> None:
    full = UnwritableError(Path("there"), "no space left")
    assert _unwritable(WorkerGroupError("two failed", {1: RuntimeError("lost connection"), 0: full})) is full
    assert _unwritable(WorkerGroupError("one failed", {0: RuntimeError("a fault")})) is None
    assert _unwritable(ControllerError(RuntimeError("no worker"))) is None
