"""The smallest study there is, through the real command, in a folder that is thrown away."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from spreadtune.run_folder import RunFolder, runs
from spreadtune.runtime.doctor.check import Check

STUDY = """\
format: 1
description: Does everything work? Its numbers mean nothing.
data: {dataset: digits, augmentation: grey, batch_size: 64, train_size: 200}
model: {encoder: {name: convnet, width: 8, embedding_dim: 16}}
objective: {name: spread}
training: {epochs: 1}
evaluation: {knn_every: 1}
search: {space: {objective.alpha: {grid: [0, 0.6]}}}
"""

PATIENCE = 300.0  # seconds; on two busy CPU cores it takes half a minute

Run = Callable[[Sequence[str], Path], tuple[int, str]]
"""From the arguments of ``spreadtune`` and the folder to run it in to its exit code and what it printed."""


def check_smoke(run: Run | None = None) -> Check:
    """Run two trials of one epoch on the digits: Ray, Optuna, the database, torch, tables and report."""
    run = run or run_command
    with tempfile.TemporaryDirectory(prefix="spreadtune-doctor-") as name:
        folder = Path(name)
        (folder / "smoke.yaml").write_text(STUDY)
        began = time.monotonic()
        try:
            code, output = run(["run", "smoke.yaml", "--no-dashboard"], folder)
        except subprocess.TimeoutExpired:
            return Check("smoke study", "problem", f"did not end within {PATIENCE:.0f} s", "see the other checks")
        seconds = time.monotonic() - began
        found = runs(folder / "results", "smoke")
        complete, device = _complete(found[-1]) if found else (0, "")
        if code == 0 and complete == 2:
            return Check("smoke study", "ok", f"2 trials of 1 epoch and a report in {seconds:.0f} s, on {device}")
        text = f"ended with exit code {code} and {complete} of 2 trials complete: {_last_words(output)}"
        return Check("smoke study", "problem", text, "spreadtune run digits_alpha_sweep --profile smoke shows more")


def run_command(arguments: Sequence[str], folder: Path) -> tuple[int, str]:
    """``spreadtune ARGUMENTS`` with this Python and this very package, to its end."""
    package = str(Path(__file__).parents[3])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    done = subprocess.run(
        [sys.executable, "-m", "spreadtune", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stdout


def _complete(run: RunFolder) -> tuple[int, str]:
    """How many trials are complete, and the device of one of them."""
    outcomes = [outcome for number in run.trials() if (outcome := run.trial(number).outcome())]
    complete = [outcome for outcome in outcomes if outcome.state == "COMPLETE"]
    return len(complete), str(complete[0].details.get("device", "")) if complete else ""


def _last_words(output: str) -> str:
    """The line that tells the reason: the first that begins with ``error``, else the last."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return next((line for line in lines if line.startswith("error: ")), lines[-1] if lines else "it printed nothing")
