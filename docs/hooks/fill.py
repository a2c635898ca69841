"""Fills the reference pages from the code whenever the site is built, so that they cannot be out of date."""

from collections.abc import Callable, Mapping
from typing import Any

from command_reference import command_reference
from configuration_reference import configuration_reference

GENERATED: Mapping[str, Callable[[], str]] = {
    "<!-- the commands, from their --help -->": command_reference,
    "<!-- the keys, from the configs -->": configuration_reference,
}
"""What stands in a page for what is made."""


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Called by MkDocs with the text of each page."""
    for placeholder, make in GENERATED.items():
        if placeholder in markdown:
            markdown = markdown.replace(placeholder, make())
    return markdown
