"""What a notebook imports, and what that costs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import spreadtune
from spreadtune.errors import UserError
from tests.cli.commands.test_runs import NEW, OLD, begin
from tests.workplace import Workplace


def test_a_data_root_given_in_python_is_that_of_the_processes_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPREADTUNE_DATA", "/elsewhere")
    monkeypatch.chdir(tmp_path)
    Workplace(tmp_path).write("x", {"data.dataset": {"name": "image_folder", "root": "absent"}})
    with pytest.raises(UserError, match=f"looked for {tmp_path}/pictures/absent"):
        spreadtune.run("x", data_root="pictures")
    assert os.environ["SPREADTUNE_DATA"] == str(tmp_path / "pictures")
    assert not (tmp_path / "results").exists()


@pytest.mark.slow
def test_tables_of_runs_and_what_tells_them_apart_need_no_plotly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plotly draws, and takes a second to import: who only reads numbers does not wait for it."""
    monkeypatch.chdir(tmp_path)
    Workplace(tmp_path).write("x", {})
    for run in (OLD, NEW):
        begin(run, trials=4)
    code = (
        "import sys, spreadtune\n"
        "found = spreadtune.load_results('x')\n"
        "assert len(found.trials) == 4 and found.answer()\n"
        f"beside = spreadtune.compare([found, 'x/{OLD}'])\n"
        "assert len(beside.pairs) and beside.answer() and len(beside.best())\n"
        "sys.exit(', '.join({'plotly', 'torch', 'ray'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, "")
