"""Files and names that pages speak of are there: of how to add something, and of the way of one trial."""

import re

import pytest

from tests.docs.named_files import defined, files_of, items, mentions, missing_files, named_in, names_of
from tests.docs.pages import PAGES, ROOT

ADDING = [page for page in PAGES if page.startswith("docs/adding/")]
IN_THE_WHEEL = {"spreadtune/_studies"}
ELSEWHERE = {"SPREADTUNE_DATA", "UserError", "replay", "None", "BaseSampler", "BasePruner"}
"""Words of an item that are no names in its files: an environment variable, a command, names of elsewhere."""


@pytest.mark.parametrize("path", [*PAGES.values(), ROOT / "CONTRIBUTING.md"], ids=lambda path: path.name)
def test_files_that_are_named_exist(path):
    assert set(missing_files(path.read_text(encoding="utf-8"))) <= IN_THE_WHEEL


@pytest.mark.parametrize("page", [page for page in ADDING if not page.endswith("index.md")])
def test_names_beside_files_are_in_them(page):
    found = items(page)
    assert found
    for item in found:
        for name in names_of(item):
            assert name in ELSEWHERE or mentions(files_of(item), name.rpartition(".")[2]), (name, item)


ONE_TRIAL = "docs/one-trial.md"


def test_every_step_of_a_trial_names_what_does_it():
    text = PAGES[ONE_TRIAL].read_text(encoding="utf-8")
    steps = items(ONE_TRIAL)
    assert [int(step.partition(".")[0]) for step in steps] == list(range(1, len(steps) + 1))
    assert len(re.findall(r"^\d+\. ", text, re.MULTILINE)) == len(steps), "one names no file"
    for step in steps:
        assert named_in(step), step


@pytest.mark.parametrize(("file", "name"), named_in(PAGES[ONE_TRIAL].read_text(encoding="utf-8")))
def test_what_a_step_names_is_made_in_its_file(file, name):
    assert name in defined(file)


def test_a_name_that_is_not_in_its_file_is_noticed():
    [(file, name)] = named_in("a step: `spreadtune/trial/run.py`:\n   `run_trail`")
    assert (file, name) == ("spreadtune/trial/run.py", "run_trail")
    assert name not in defined(file)
    assert {"run_trial", "_out_of_time"} <= defined(file)
