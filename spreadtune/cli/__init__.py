"""The command line. Everything heavy is imported by the command that needs it, when it runs."""

from spreadtune.cli.main import main

__all__ = ["main"]
