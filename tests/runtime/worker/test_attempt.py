"""What a worker does before it begins an attempt."""

from pathlib import Path

from spreadtune.run_folder import TrialFolder
from spreadtune.runtime.worker.attempt import run_attempt


def test_a_worker_of_a_run_that_was_asked_to_stop_meanwhile_begins_nothing(tmp_path: Path) -> None:
    folder = TrialFolder(tmp_path / "0007")
    folder.path.mkdir()
    folder.stop_file.touch()
    run_attempt({"kind": "trial", "folder": str(folder.path), "workers": 1})
    assert folder.attempts() == []
