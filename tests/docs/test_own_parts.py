"""The own parts that pages show keep the contracts that stand beside them, and as many tests pass as the page says.

Here the tests are called by hand, in this process; tests/docs/test_walkthrough.py has pytest do it, as a reader would.
"""

import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest

from spreadtune.testing import Contract, EncoderContract
from tests.docs.pages import OUTPUT, PAGES, blocks

SHOWN = [page for page in PAGES if any(block.title.startswith("test_my_") for block in blocks(page))]


def write_modules(page: str, folder: Path) -> str:
    """Writes a page's Python files and returns the name of its test's module."""
    files = {Path(block.title): block.text for block in blocks(page) if block.is_file and block.language == "python"}
    for file, text in files.items():
        (folder / file).write_text(text)
    [test] = (file.stem for file in files if file.stem.startswith("test_"))
    return test


def call_all(module: object) -> int:
    """Call every test of a module; how many there are."""
    members = [member for name, member in vars(module).items() if name.lower().startswith("test")]
    contracts = [member() for member in members if isinstance(member, type) and issubclass(member, Contract)]
    tests = [getattr(contract, name) for contract in contracts for name in dir(contract) if name.startswith("test_")]
    tests += [member for member in members if not isinstance(member, type)]
    for test in tests:
        test()
    return len(tests)


def test_pages_show_the_test_of_every_kind_of_part():
    kinds = {Path(page).stem.removeprefix("own-") for page in SHOWN}
    assert kinds == {"data", "encoder", "objective", "augmentation", "corruption", "decoder"}


def test_the_first_example_keeps_its_contract():
    [example] = (block.text for block in blocks("docs/adding/index.md") if block.language == "python")
    module = ModuleType("example")
    exec(example, vars(module))
    assert call_all(module) == len([name for name in dir(EncoderContract) if name.startswith("test_")])


def test_the_message_shown_is_the_one_of_that_mistake(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module(write_modules("docs/own-objective.md", tmp_path))
    monkeypatch.setattr(module.AlignUniform, "uses_labels", True)
    with pytest.raises(AssertionError) as failure:
        module.TestAlignUniform().test_it_looks_at_classes_where_it_says_so()
    assert f"{failure.value}\n" in [block.text for block in blocks("docs/adding/index.md")]


@pytest.mark.parametrize("page", SHOWN)
def test_the_part_shown_keeps_its_contract(page, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    passed = call_all(importlib.import_module(write_modules(page, tmp_path)))
    said = [block.text for block in blocks(page) if block.title == OUTPUT]
    assert any(re.search(rf"^{passed} passed in", text, re.MULTILINE) for text in said), passed
