"""How a trial that early stopping ends is told: by Tune, or by a file where Tune would kill a group of workers."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ray.train.v2.api.exceptions import ControllerError, WorkerGroupError

from spreadtune.run_folder import Outcome, TrialFolder, UnwritableError
from spreadtune.runtime.cluster.resources import Slots
from spreadtune.runtime.monitor import SilentMonitor
from spreadtune.runtime.tune.adapters import LedgerScheduler, NothingToWaitFor
from spreadtune.runtime.tune.jobs import Jobs
from spreadtune.runtime.tune.stop_request import StopRequest
from spreadtune.runtime.worker.actor import _unwritable
from spreadtune.spec.search import SearchConfig
from tests.small_trial import small_trial


def jobs(folder: TrialFolder, workers: int, kind: str = "trial", pruned: bool = True) -> Jobs:
    """A trial in training, which the ledger wants stopped early, or not."""
    folder.path.mkdir(parents=True, exist_ok=True)
    assignment = SimpleNamespace(kind=kind, number=7, folder=folder, label="alpha 0", spec=small_trial())

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


def test_a_request_is_heard_while_somebody_heeds_it() -> None:
    stop = StopRequest()
    heard: list[str] = []
    with stop.heeded(lambda: heard.append("stop")):
        stop.check()
        assert stop.heeded_now
        assert stop.make()
        assert heard == ["stop"]
        stop.finish()
        assert not stop.heeded_now
        assert not stop.make(), "what was asked for is over, so it is the end of everything"
    assert heard == ["stop"]


def test_one_that_came_too_early_is_not_forgotten() -> None:
    """A library in whose middle the interruption was raised may have swallowed it."""
    stop = StopRequest()
    assert not stop.make(), "there is nothing that could end in order"
    with pytest.raises(KeyboardInterrupt):
        stop.check()
    with pytest.raises(KeyboardInterrupt), stop.heeded(lambda: None):
        pytest.fail("training began all the same")
    assert not stop.heeded_now


def test_what_the_ledger_looked_for_meanwhile_does_not_start(folder: TrialFolder) -> None:
    made = jobs(folder, 1)
    waiting, nothing = made.ledger.next(), TrialFolder(folder.path.with_name("0008"))

    def asked_meanwhile() -> Any:
        made.stop.made = True
        return SimpleNamespace(**{**vars(waiting), "number": 8, "folder": nothing})

    made.ledger.next = asked_meanwhile  # type: ignore[method-assign]
    assert made.start("another") is None
    assert list(made.running) == ["tune-id"]
    assert made.left
    assert made.over()


@pytest.mark.parametrize(
    ("kind", "begun", "phase", "waits"),
    [
        ("trial", False, None, False),
        ("trial", True, None, True),
        ("reference", False, None, False),
        ("reference", True, None, True),
        ("reference", True, "raw pixels", False),
        ("reference", True, "untrained encoder", False),
        ("reference", True, "ceiling", True),
    ],
)
def test_a_stop_waits_for_epochs_and_for_nothing_else(
    folder: TrialFolder, kind: str, begun: bool, phase: str | None, waits: bool
) -> None:
    """A worker that starts has nothing to lose, and floors have no checkpoint."""
    folder.new_attempt()  # of another driver
    made = jobs(folder, 1, kind=kind, pruned=False)
    tune = NothingToWaitFor(made)
    if begun:
        folder.new_attempt()
    if phase:
        made.enter("tune-id", phase)
    assert not tune.stop_all(), "nobody asked for it"
    with made.stop.heeded(made.ask_all_to_stop):
        made.stop.make()
        assert tune.stop_all() != waits
        assert made.stop.heeded_now == waits
        if waits:
            made.end("tune-id", lost=False)
            assert tune.stop_all()
        made.leave_what_is_left()
    assert made.left
    assert not made.running
    assert settled == []
    assert tune("tune-id", {}) is False, "no single trial is its business"


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
