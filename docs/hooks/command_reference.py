"""Every command with its arguments, options and examples, as ``--help`` prints them."""

import textwrap
from collections.abc import Iterator

import click

from spreadtune.cli.main import cli

_UNWRAPPED = "\b"
"""Click's mark of a paragraph whose lines are kept: the examples."""


def command_reference() -> str:
    """Markdown: a section for each command, in the order of ``spreadtune --help``."""
    return "\n\n".join(part for name, command in cli.commands.items() for part in _section(name, command))


def _section(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=click.Context(cli, info_name="spreadtune"))
    yield f"## spreadtune {name}"
    yield f"```text\n{command.get_usage(context).removeprefix('Usage: ')}\n```"
    yield from (_paragraph(text) for text in (command.help or "").strip().split("\n\n"))
    options = [parameter for parameter in command.get_params(context) if isinstance(parameter, click.Option)]
    records = filter(None, (option.get_help_record(context) for option in options))
    yield "\n".join(f"- `{names}`: {meaning}" for names, meaning in records)


def _paragraph(text: str) -> str:
    if not text.lstrip().startswith(_UNWRAPPED):
        return " ".join(text.split())
    heading, *lines = text.replace(_UNWRAPPED, "").strip().splitlines()
    kept = textwrap.dedent("\n".join(lines))
    return f"{heading.strip()}\n\n```text\n{kept}\n```"
