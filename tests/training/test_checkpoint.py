import logging
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch

from spreadtune.run_folder import AttemptFolder
from spreadtune.training.checkpoint import load_checkpoint, save_checkpoint

CPU = torch.device("cpu")


@pytest.fixture
def attempt(tmp_path: Path) -> AttemptFolder:
    (tmp_path / "attempt-1").mkdir()
    return AttemptFolder(tmp_path / "attempt-1")


def test_a_checkpoint_is_read_as_it_was_written(attempt: AttemptFolder) -> None:
    state = {"model": {"weight": torch.randn(3, 2)}, "optimizer": {"state": {0: {"step": torch.tensor(4.0)}}}}
    save_checkpoint(attempt, 7, state)
    read = load_checkpoint(attempt.checkpoints())
    torch.testing.assert_close(read, {"epoch": 7, **state}, rtol=0, atol=0)


def test_two_stay_also_where_names_grow_longer(attempt: AttemptFolder) -> None:
    for epoch in (9998, 9999, 10000, 10001):
        save_checkpoint(attempt, epoch, {})
    assert [path.name for path in attempt.checkpoints()] == ["checkpoint-10000.pt", "checkpoint-10001.pt"]


def test_without_a_readable_checkpoint_there_is_none(attempt: AttemptFolder) -> None:
    assert load_checkpoint([]) is None
    assert load_checkpoint([attempt.checkpoint_file(1)]) is None


class Harmful:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("harmed"),)


def test_no_checkpoint_runs_code(
    attempt: AttemptFolder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(attempt.path)
    attempt.checkpoint_file(1).write_bytes(pickle.dumps({"epoch": 1, "model": Harmful()}, protocol=2))
    torch.save({"epoch": 2, "model": Harmful()}, attempt.checkpoint_file(2))
    with caplog.at_level(logging.WARNING, logger="spreadtune"):
        assert load_checkpoint(attempt.checkpoints()) is None
    assert [record.args[0] for record in caplog.records] == attempt.checkpoints()
    assert not Path("harmed").exists()


def test_a_file_that_is_no_checkpoint_is_passed_over(attempt: AttemptFolder) -> None:
    torch.save(torch.zeros(3), attempt.checkpoint_file(5))
    save_checkpoint(attempt, 4, {})
    assert load_checkpoint(reversed(attempt.checkpoints())) == {"epoch": 4}
