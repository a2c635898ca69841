"""Tables in Markdown, in the dialect of GitHub."""

import re
from collections.abc import Iterable

from spreadtune.analysis.export.sheet import Sheet


def markdown(sheet: Sheet) -> str:
    """The caption, and the table under it."""
    rule = ("---:" if numeric else "---" for numeric in sheet.numeric)
    lines = [_row(map(escaped, sheet.headings)), _row(rule), *(_row(map(escaped, row)) for row in sheet.rows)]
    return "\n".join([escaped(sheet.caption), "", *lines, ""])


def escaped(text: str) -> str:
    """Text without a character that would begin a cell, a style, a link or a tag; ``+-`` becomes its sign."""
    return re.sub(r"([\\`*_|<\[])", r"\\\1", " ".join(text.split())).replace("+-", "±")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
