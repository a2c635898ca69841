"""A start that is refused leaves nothing behind."""

from pathlib import Path

import pytest

from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder
from spreadtune.runtime.driver import run_study
from spreadtune.runtime.monitor import SilentMonitor
from spreadtune.spec.load import load_study
from tests.workplace import Workplace


def test_refused_before_it_began(workplace: Workplace, tmp_path: Path) -> None:
    workplace.write("x", {})
    study = load_study(workplace.folder / "studies" / "x.yaml")
    run = RunFolder.create(tmp_path / "results", "x")
    with pytest.raises(UserError, match="--storage"):
        run_study(study, run, SilentMonitor(), command=[], storage="postgresql+nodriver://host/x")
    assert not run.path.exists()
