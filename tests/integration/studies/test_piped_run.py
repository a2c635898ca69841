"""Every line that a whole run prints into a pipe, and that nothing else is there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from spreadtune.run_folder import RunFolder
from tests.golden_text import assert_golden
from tests.in_process import assert_nothing_lost
from tests.workplace import Workplace

MASKS = {
    r"\d{8}-\d{6}-[0-9a-f]{4}": "ID",
    r"127\.0\.0\.1:\d+": "127.0.0.1:PORT",
    r"`\S*ray get-auth-token`": "`ray get-auth-token`",
    r"\(\d+\.\d s\)": "(SECONDS s)",
    r"ETA [\d:]+": "ETA TIME",
    r"[+-]?\b\d\.\d{3}\b": "MEASURED",  # another processor's last bits may move it
}


@pytest.mark.slow
def test_the_output_of_a_run(workplace: Workplace) -> None:
    workplace.write(
        "piped",
        {
            "data.augmentation": "runtime_parts:talkative",
            "search.optimize": {"spread": "maximize"},  # far apart at the two alphas, on every processor
            "resources": {"max_concurrent_trials": 1, "gpus_per_worker": 0},
            "profiles": {"smoke": {"training.epochs": 3}},
        },
    )
    code, output = workplace.run("run", "piped", "--profile", "smoke")
    assert code == 0, output
    for pattern, word in {re.escape(str(workplace.folder)): "FOLDER", **MASKS}.items():
        output = re.sub(pattern, word, output)
    assert_golden(Path(__file__).parent / "golden" / "piped-run.txt", output)
    log = workplace.newest("piped").log_file.read_text()
    assert "printed by a library" in log, "what libraries say before and while a study runs is in its log"
    assert "warned by a library" in log


@pytest.mark.slow
def test_a_run_goes_on_when_its_reader_has_gone(workplace: Workplace) -> None:
    """``spreadtune run ... | head -1``, where the console has not even the characters of its first line."""
    workplace.write("piped", {"description": "Où est l'alpha?", "training.epochs": 1, "search.seeds": 1})
    script = 'set -o pipefail; "$0" run piped --no-dashboard | head -1'
    done = subprocess.run(
        ["bash", "-c", script, Path(sys.executable).with_name("spreadtune")],
        cwd=workplace.folder,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "study      piped: O? est l'alpha?\n", "")
    [folder] = (workplace.folder / "results" / "piped").iterdir()
    assert_nothing_lost(RunFolder(folder), 2)
    assert (folder / "report.html").exists()
