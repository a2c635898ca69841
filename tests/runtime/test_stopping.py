"""How a trial that early stopping ends is told: by Tune, or by a file where Tune would kill a group of workers."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spreadtune.run_folder import TrialFolder
from spreadtune.runtime.adapters import Jobs
from spreadtune.runtime.monitor import SilentMonitor
from spreadtune.runtime.resources import Slots


def jobs(folder: TrialFolder, workers: int, kind: str = "trial") -> Jobs:
    """A trial in training, whose ledger wants it stopped."""
    folder.path.mkdir(parents=True, exist_ok=True)
    assignment = SimpleNamespace(kind=kind, number=7, folder=folder)
    settled = SimpleNamespace(state="PRUNED", reason="stopped early")
    ledger: Any = SimpleNamespace(
        report=lambda number, epoch, metrics: True,
        settle=lambda number, error: settled,
        settle_reference=lambda number, error: settled,
        progress=lambda: None,
    )
    made = Jobs(ledger, Slots(workers, 1, 0, 1), SilentMonitor(), "scratch")
    made.running["tune-id"] = assignment  # type: ignore[assignment]
    return made


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
    made.end("tune-id", error=None)
    assert not folder.stop_file.exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_reference_is_never_stopped(workers: int, folder: TrialFolder) -> None:
    assert not jobs(folder, workers, kind="reference").report("tune-id", 3, {})
    assert not folder.stop_file.exists()
