"""Every line that a whole run prints into a pipe, and that nothing else is there."""

import re
from pathlib import Path

import pytest

from tests.golden_text import assert_golden
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
