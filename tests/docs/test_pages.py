"""What pages show is complete and sound, before any of it is run."""

import pytest

from spreadtune.spec import load_study
from tests.docs.pages import PAGES, blocks, missing_lines

NOT_RUN = {
    ("README.md", "takes minutes"): 1,
    ("docs/first-study.md", "takes minutes"): 1,
    ("docs/faults.md", "needs a run that was interrupted"): 2,
    ("docs/cluster.md", "needs a GPU"): 2,
    ("docs/cluster.md", "needs a cluster"): 1,
}
"""Every block of commands that the tests do not run."""


def test_what_is_not_run_is_little_and_listed():
    found: dict[tuple[str, str], int] = {}
    for page in PAGES:
        for block in blocks(page):
            if block.why:
                found[page, block.why] = found.get((page, block.why), 0) + 1
    assert found == NOT_RUN


@pytest.mark.parametrize("page", PAGES)
def test_every_fence_is_understood(page):
    fences = PAGES[page].read_text(encoding="utf-8").count("\n```")
    assert 2 * len(list(blocks(page))) == fences


SHOWN = [(page, block) for page in PAGES for block in blocks(page) if block.is_file and block.language == "yaml"]


@pytest.mark.parametrize(("page", "block"), SHOWN, ids=[block.title for _, block in SHOWN])
def test_studies_shown_load(page, block, tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(block.text)
    assert load_study(path).description


def test_missing_lines_are_those_whose_words_differ():
    printed = "run  my_study/20260101-120000-abcd\ntook 1.25 s\n"
    assert missing_lines("run  my_study/20270202-130000-0123\ntook 7.5 s", printed) == []
    assert missing_lines("took 7.5 m\nrun  my_study/latest", printed) == ["took 7.5 m", "run  my_study/latest"]
