from pathlib import Path

import pytest

from spreadtune.run_folder import TrialFolder
from spreadtune.trial.run import run_trial
from tests.small_trial import AUTOENCODER, new_trial, next_attempt, small_trial

WHOLE = small_trial({**AUTOENCODER, "model.head": "mlp"})


@pytest.fixture
def folder(tmp_path: Path) -> TrialFolder:
    return TrialFolder(tmp_path / "trials" / "0007")


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> TrialFolder:
    """A complete trial with head and autoencoder, published. Only to be read."""
    folder = new_trial(TrialFolder(tmp_path_factory.mktemp("run") / "trials" / "0003"), WHOLE)
    outcome = run_trial(WHOLE, next_attempt(folder))
    assert outcome is not None
    outcome.write(folder.result_file)
    return folder
