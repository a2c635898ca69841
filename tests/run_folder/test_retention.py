"""Which checkpoints stay."""

from pathlib import Path
from typing import Literal

import pytest

from spreadtune.run_folder import TrialFolder
from spreadtune.run_folder.retention import Watched, superfluous, thin

UP, DOWN = Watched("knn", "maximize"), Watched("knn", "minimize")
Policy = Literal["last", "best", "all"]


@pytest.fixture
def folder(tmp_path: Path) -> TrialFolder:
    """Epochs 1 to 3, of which 2 and 3 were trained again by a second attempt, which went on to 6."""
    folder = TrialFolder(tmp_path / "trials" / "0000")
    values = {1: 0.9, 2: 0.3, 4: 0.7, 5: 0.7, 6: 0.4}
    for epochs in ((1, 2, 3), (2, 3, 4, 5, 6)):
        attempt = folder.new_attempt()
        for epoch in epochs:
            attempt.append_history({"epoch": epoch, **({"knn": values[epoch]} if epoch in values else {})})
            if epoch > 1:
                attempt.checkpoint_file(epoch).write_bytes(b"")
    return folder


def named(paths: list[Path]) -> list[str]:
    return [f"{path.parent.name[-1]}:{int(path.stem[-4:])}" for path in paths]


@pytest.mark.parametrize(
    ("policy", "watched", "kept"),
    [
        ("last", UP, ["2:6"]),
        ("best", UP, ["2:6", "2:4"]),
        ("best", DOWN, ["2:6", "2:2"]),
        ("best", None, ["2:6"]),
        ("best", Watched("unmeasured", "maximize"), ["2:6"]),
        ("all", UP, ["2:6", "2:5", "2:4", "2:3", "1:3", "2:2", "1:2"]),
    ],
)
def test_of_an_ended_trial(folder: TrialFolder, policy: Policy, watched: Watched | None, kept: list[str]) -> None:
    """Epoch 1 is the best and has no checkpoint; of equal ones the earlier counts, of two attempts the later."""
    thin(folder, policy, watched)
    assert named(folder.checkpoints()) == kept


def test_of_one_in_training_two_stay_and_none_keeps_none(folder: TrialFolder) -> None:
    there, history = folder.checkpoints(), folder.history()
    gone = superfluous(there, history, "last", UP, newest=2)
    assert named([path for path in there if path not in gone]) == ["2:6", "2:5"]
    gone = superfluous(there, history, "best", DOWN, newest=2)
    assert named([path for path in there if path not in gone]) == ["2:6", "2:5", "2:2"]
    assert superfluous(there, history, "none", UP) == there
