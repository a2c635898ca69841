"""The results folder fills up or turns read-only while a study runs."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from spreadtune.run_folder import RunFolder, runs
from tests.in_process import Session, assert_nothing_lost
from tests.integration.faults.conftest import Disk
from tests.workplace import Workplace

STUDY = {"search.space": {"objective.alpha": {"grid": [0, 0.3, 0.6, 0.9]}}, "training.checkpoints": "all"}


def broken_off(printed: str, run: RunFolder, reason: str) -> str:
    """One message with folder, cause and the command that goes on, which is returned."""
    assert "Traceback" not in printed
    assert "warning" not in printed
    [message] = re.findall(r"^broke off: (.*)$", printed, re.MULTILINE)
    assert message == f"{run.path} cannot be written: {reason}"
    [command] = re.findall(r"make (?:room|it writable), then go on with\n  (.*)$", printed, re.MULTILINE)
    return command.partition("run ")[2]


@pytest.mark.slow
def test_it_fills_up(session: Session, disk: Disk) -> None:
    session.write("full", STUDY)
    code, printed = session.spreadtune("run", "full", "--results", str(disk.path), "--no-dashboard")
    assert code == 1, printed
    [run] = runs(disk.path, "full")
    command = broken_off(printed, run, "no space left on its disk")
    assert not run.is_held()

    code, again = session.spreadtune("run", *command.split())
    assert code == 1, "nothing has changed"
    broken_off(again, run, "no space left on its disk")

    disk.grow()
    code, printed = session.spreadtune("run", *command.split())
    assert code == 0, printed
    assert_nothing_lost(run, 4)


@pytest.mark.slow
@pytest.mark.parametrize("epoch", [1, 4])
def test_it_turns_read_only(session: Session, device: Disk, epoch: int) -> None:
    """In the middle of the second trial, or when its last epoch is written and its outcome is not."""
    session.write("fixed", STUDY)

    def turn(folder: Path, result: Mapping[str, Any]) -> None:
        if folder.name == "0001" and result.get("epoch") == epoch:
            device.fail()

    session.at_report = turn
    code, printed = session.spreadtune("run", "fixed", "--results", str(device.path), "--no-dashboard")
    assert code == 1, printed
    [run] = runs(device.path, "fixed")
    command = broken_off(printed, run, "its file system is read-only")
    assert run.trial(1).outcome() is None, "it is no fault of the trial's"

    code, printed = session.spreadtune("run", *command.split())
    assert code == 1
    assert "Traceback" not in printed
    assert f"{run.path} cannot be written: its file system is read-only" in printed
    code, printed = session.spreadtune("report", str(run.path))
    assert code == 1
    assert "cannot be written: its file system is read-only" in printed

    device.repair()
    session.at_report = lambda folder, result: None
    code, printed = session.spreadtune("run", *command.split())
    assert code == 0, printed
    assert_nothing_lost(run, 4)


def test_a_full_one_before_anything_began(session: Session, disk: Disk) -> None:
    session.write("full", STUDY)
    (disk.path / "ballast").write_bytes(b"0" * (2**20 - 40_000))
    code, printed = session.spreadtune("run", "full", "--results", str(disk.path))
    assert code == 1
    assert re.search(r"^error: .* cannot be written: no space left on its disk$", printed, re.MULTILINE), printed
    assert "Traceback" not in printed
    assert runs(disk.path, "full") == []
    assert not list((disk.path / "full").iterdir())


@pytest.mark.slow
def test_it_fills_up_under_ray(tmp_path: Path, disk: Disk) -> None:
    """What the worker, another process, could not write reaches the driver."""
    workplace = Workplace(tmp_path)
    workplace.write("full", STUDY)
    code, printed = workplace.run("run", "full", "--results", str(disk.path), "--no-dashboard")
    assert code == 1, printed
    [run] = runs(disk.path, "full")
    command = broken_off(printed, run, "no space left on its disk")
    disk.grow()
    code, printed = workplace.run("run", *command.split())
    assert code == 0, printed
    assert_nothing_lost(run, 8)
