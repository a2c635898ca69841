"""What a worker tells the driver, and how it is asked to stop."""

from pathlib import Path
from typing import Any

import pytest
import torch

from spreadtune.run_folder import AttemptFolder
from spreadtune.runtime.worker import context as module
from spreadtune.runtime.worker.context import REPORT_EVERY, RayContext
from spreadtune.training.workers import OneWorker, Workers


class Follower(OneWorker):
    """A second worker, whose leader answers ``answer`` whatever is asked."""

    rank = 1

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def share(self, value: Any) -> Any:
        return self.answer


def context(folder: Path, sent: list[dict[str, Any]], workers: Workers, last_epoch: int = 100) -> RayContext:
    return RayContext(
        attempt=AttemptFolder(folder),
        device=torch.device("cpu"),
        memory=None,
        threads=1,
        workers=workers,
        checkpoints=[],
        watched="spread",
        last_epoch=last_epoch,
        send=sent.append,
        stop_file=folder / "stop",
    )


def test_short_epochs_share_a_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    sent: list[dict[str, Any]] = []
    world = context(tmp_path, sent, OneWorker(), last_epoch=6)
    world.report(1, {"loss": 1.0})
    now += REPORT_EVERY / 2
    world.report(2, {"loss": 1.0})
    now += REPORT_EVERY / 4
    world.report(3, {"loss": 1.0, "spread": 0.5})  # early stopping looks at it
    world.report(4, {"loss": 1.0})
    now += REPORT_EVERY
    world.report(5, {"loss": 1.0})
    world.report(6, {"loss": 1.0})  # the last
    assert [report["epoch"] for report in sent] == [1, 3, 5, 6]
    assert sent[1]["metrics"] == {"loss": 1.0, "spread": 0.5}


@pytest.mark.parametrize("answer", [True, False])
def test_all_workers_report_when_the_leader_does(answer: bool, tmp_path: Path) -> None:
    """Reporting is a step that Ray waits for all of them to take; their clocks may differ."""
    sent: list[dict[str, Any]] = []
    world = context(tmp_path, sent, Follower(answer))
    world.report(1, {"loss": 1.0})
    assert bool(sent) == answer


def test_a_phase_is_told_at_once(tmp_path: Path) -> None:
    sent: list[dict[str, Any]] = []
    context(tmp_path, sent, OneWorker()).enter("raw pixels")
    assert sent == [{"phase": "raw pixels"}]


def test_a_file_asks_to_stop(tmp_path: Path) -> None:
    world = context(tmp_path, [], OneWorker())
    assert not world.stop_requested()
    (tmp_path / "stop").touch()
    assert world.stop_requested()
