"""The package's docstrings as Markdown: their roles become links, and the colons before literal blocks go."""

import re
from typing import Any

import griffe

_ROLE = re.compile(r":(?:func|class|mod|meth|attr|data):`(~?)([\w.]+)`")
_COLONS_ALONE = re.compile(r"^[ \t]*::$\n?", re.MULTILINE)
_COLONS_AT_THE_END = re.compile(r"::$", re.MULTILINE)


def as_markdown(docstring: str) -> str:
    """``:func:`~a.b.c``` is a link called ``c``, or plain code where the site has no place for it."""
    text = _COLONS_AT_THE_END.sub(":", _COLONS_ALONE.sub("", docstring))
    return _ROLE.sub(_link, text)


def _link(role: re.Match[str]) -> str:
    last_part_only, target = role.groups()
    shown = target.rpartition(".")[2] if last_part_only else target
    return f'<autoref identifier="{target}" optional>`{shown}`</autoref>'


class Roles(griffe.Extension):
    """What mkdocstrings reads every docstring through."""

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        if obj.docstring:
            obj.docstring.value = as_markdown(obj.docstring.value)
