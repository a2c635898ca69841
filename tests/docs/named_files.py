"""Files of the repository that a page names, and the names that stand beside them."""

import ast
import re

from tests.docs.pages import PAGES, ROOT

_FILE = re.compile(r"`((?:spreadtune|tests|docs|benchmarks|studies)/[\w./-]*|[A-Z]\w+\.md|mkdocs\.yml)`")
_ITEM = re.compile(r"^(?:- |\d+\. ).*?(?=^(?:- |\d+\. )|^$|\Z)", re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"`([A-Za-z_]\w*(?:\.\w+)*)(?:\([^`]*\))?`")
_NAMES_IN_FILE = re.compile(r"`(spreadtune/[\w./]+\.py)`:\s+(`[\w.]+`(?:(?:,| and)\s+`[\w.]+`)*)")
_BLANK = "NAME"
"""Stands in a path for what a reader chooses."""


def files_of(text: str) -> list[str]:
    return _FILE.findall(text)


def missing_files(text: str) -> list[str]:
    """Paths in a text that do not exist; of one that the reader is to make, its folder."""
    sought = {path: ROOT / path if _BLANK not in path else (ROOT / path).parent for path in files_of(text)}
    return [path for path, file in sought.items() if not file.exists()]


def items(page: str) -> list[str]:
    """The items of a page's lists that name a file."""
    return [item for item in _ITEM.findall(PAGES[page].read_text(encoding="utf-8")) if files_of(item)]


def named_in(text: str) -> list[tuple[str, str]]:
    """What a text says is in a file: `file`: `name`, or more names joined by commas and "and"."""
    found = []
    for file, names in _NAMES_IN_FILE.findall(text):
        found += [(file, name) for name in re.findall(r"`([\w.]+)`", names)]
    return found


def names_of(item: str) -> list[str]:
    """What looks like a name of Python in an item's backticks."""
    return [name for name in _NAME.findall(_FILE.sub("", item)) if _BLANK not in name]


def mentions(files: list[str], name: str) -> bool:
    """Whether a name occurs as a word in one of the files."""
    texts = [(ROOT / file).read_text(encoding="utf-8") for file in files if (ROOT / file).is_file()]
    return any(re.search(rf"\b{re.escape(name)}\b", text) for text in texts)


def defined(file: str) -> set[str]:
    """Functions, classes, methods (``Class.method``) and constants that a module makes."""
    found = set()
    for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
        match node:
            case ast.ClassDef(name=name, body=body):
                found |= {name, *(f"{name}.{inner.name}" for inner in body if isinstance(inner, ast.FunctionDef))}
            case ast.FunctionDef(name=name):
                found.add(name)
            case ast.Assign(targets=targets):
                found |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
    return found
