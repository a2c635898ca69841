"""Every page, word for word: its files are written, its scripts and commands run in order, in one folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import OUTPUT, PAGES, ROOT, Block, blocks, missing_lines

pytestmark = pytest.mark.slow

WALKED = [page for page in PAGES if any(block.language == "sh" and not block.why for block in blocks(page))]


def run(block: Block, folder: Path) -> str:
    """Run commands or a script as in the installed environment; what they printed."""
    command = ["bash", "-euc", block.text] if block.language == "sh" else [sys.executable, "-c", block.text]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert ended.returncode == 0, f"{block.text}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


@pytest.mark.parametrize("page", WALKED)
def test_the_page_does_what_it_says(page, tmp_path):
    printed = ""
    for block in list(blocks(page))[2 if page == "README.md" else 0 :]:  # its first two install, as .ci/run does
        if block.is_file:
            (tmp_path / block.title).parent.mkdir(exist_ok=True)
            (tmp_path / block.title).write_text(block.text)
        elif block.title == OUTPUT:
            assert not missing_lines(block.text, printed), printed
        elif block.language in ("sh", "python") and not block.why:
            printed = run(block, tmp_path) if page != "README.md" or block.language == "sh" else ""
