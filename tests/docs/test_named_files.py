"""Files and names that pages speak of are there: of how to add something, and of the way of one trial."""

import pytest

from tests.docs.named_files import files_of as files_of_item
from tests.docs.named_files import items, mentions, missing_files, names_of
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
            assert name in ELSEWHERE or mentions(files_of_item(item), name.rpartition(".")[2]), (name, item)
