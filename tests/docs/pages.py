"""What the pages show, as the tests run it: files to write, scripts, commands and what they print."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = {
    path.relative_to(ROOT).as_posix(): path for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
}

OUTPUT = "Output"
_BLOCK = re.compile(
    r"(?:^<!-- not run: (?P<why>.+?) -->\n)?^```(?P<language>\w+)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
_VARYING = re.compile(r"/\S+/(?=results/)|\d{8}-\d{6}-[0-9a-f]{4}|\d+\.\d+")
"""The folder one is in, IDs of runs, numbers with a fraction: seconds and measured values differ between machines."""


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        language: what stands behind the fence.
        title: the file it is, or ``Output``; empty where it has none.
        text: what is inside.
        why: why it is not run here; empty where it is.
    """

    language: str
    title: str
    text: str
    why: str

    @property
    def is_file(self) -> bool:
        return bool(self.title) and self.title != OUTPUT


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page in order."""
    for found in _BLOCK.finditer(PAGES[page].read_text(encoding="utf-8")):
        yield Block(found["language"], found["title"] or "", found["text"], found["why"] or "")


def missing_lines(shown: str, printed: str) -> list[str]:
    """Lines that a page shows and the commands above did not print, whatever varies between runs left out."""
    there = {_masked(line) for line in printed.splitlines()}
    return [line for line in shown.splitlines() if _masked(line) not in there]


def _masked(line: str) -> str:
    return _VARYING.sub("#", line).rstrip()
