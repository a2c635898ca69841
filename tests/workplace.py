"""Whole studies as a person runs them: the command in a process of its own, real Ray, real SQLite, real digits."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from spreadtune.run_folder import RunFolder, runs

TESTS = Path(__file__).parent

TINY = {
    "format": 1,
    "description": "Small enough for a test.",
    "data": {"dataset": "digits", "augmentation": "grey", "batch_size": 64, "train_size": 200},
    "model": {"encoder": {"name": "convnet", "width": 8, "embedding_dim": 16}},
    "objective": {"name": "spread", "temperature": 0.5},
    "training": {"epochs": 4, "learning_rate": 3.0e-3},
    "evaluation": {"knn_every": 1},
    "search": {"seeds": 2, "space": {"objective.alpha": {"grid": [0, 0.6]}}},
}


@dataclass(frozen=True)
class Workplace:
    """A folder in which studies are written and run."""

    folder: Path

    def write(self, name: str, changes: Mapping[str, Any]) -> None:
        """Write ``studies/NAME.yaml``: the tiny study with dotted paths changed (``search.space`` as a whole)."""
        study = yaml.safe_load(yaml.safe_dump(TINY))
        for path, value in changes.items():
            *sections, last = path.split(".")
            section = study
            for key in sections:
                section = section.setdefault(key, {})
            section[last] = value
        (self.folder / "studies").mkdir(exist_ok=True)
        (self.folder / "studies" / f"{name}.yaml").write_text(yaml.safe_dump(study, sort_keys=False))

    def start(self, *arguments: str, session: bool = False) -> subprocess.Popen[str]:
        """Start ``spreadtune ARGUMENTS``; its own parts, ``runtime_parts``, lie in the folder.

        With a ``session`` of its own its group of processes can be told what a terminal tells one.
        """
        shutil.copy(TESTS / "runtime_parts.py", self.folder)
        return subprocess.Popen(
            [Path(sys.executable).with_name("spreadtune"), *arguments],
            cwd=self.folder,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=session,
        )

    def run(self, *arguments: str, timeout: float = 240) -> tuple[int, str]:
        """Run it to its end: exit code and everything it printed."""
        process = self.start(*arguments)
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
            pytest.fail(f"{' '.join(arguments)} did not end within {timeout} s; it printed:\n{output}")
        return process.returncode, output

    def newest(self, name: str) -> RunFolder:
        return runs(self.folder / "results", name)[-1]

    def begun(self, name: str) -> RunFolder:
        """The run of a study that was just started."""
        wait_for(lambda: runs(self.folder / "results", name), 120)
        return self.newest(name)


def wait_for(condition: Callable[[], Any], seconds: float) -> Any:
    """The condition's first true value; the test fails when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    pytest.fail(f"not within {seconds} s")
