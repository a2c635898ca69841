"""A trial whose encoder is compiled."""

import shutil
from pathlib import Path

import pytest
import torch

from spreadtune.run_folder import TrialFolder
from spreadtune.trial.run import run_trial
from tests.small_trial import next_attempt, small_trial


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="needs a C++ compiler")
def test_it_trains_and_measures_what_the_plain_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "compiled"))
    found = []
    for compiled in (False, True):
        folder = TrialFolder(tmp_path / str(compiled))
        spec = small_trial({"training.compile": compiled, "training.epochs": 2})
        outcome = run_trial(spec, next_attempt(folder))
        assert outcome is not None
        found.append((outcome, folder))
    (plain, _), (compiled, folder) = found
    assert any((tmp_path / "compiled").rglob("*.so")), "something was compiled"
    for metric in ("spread", "train_spread", "alignment", "uniformity"):
        assert compiled.metrics[metric] == pytest.approx(plain.metrics[metric], abs=5e-3), metric
    state = torch.load(folder.checkpoints()[0], weights_only=True)
    assert not [name for name in state["model"] if "_orig_mod" in name], "checkpoints fit either"
    torch.compiler.reset()
