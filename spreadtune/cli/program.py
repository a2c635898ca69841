"""The command as it was started, to be shown and typed again."""

import os
import shutil
import sys
from pathlib import Path


def run_words() -> list[str]:
    """What stands before a study's name: ``spreadtune run`` or ``.venv/bin/python -m spreadtune.study``."""
    words = _program()
    return words if words[-1].endswith(".study") else [*words, "run"]


def command_line() -> list[str]:
    """The whole command, word by word."""
    return [*_program(), *sys.argv[1:]]


def beside(tool: str) -> str:
    """A tool of this environment, by name where the shell finds it and by its path otherwise."""
    script = Path(sys.executable).with_name(tool)
    found = shutil.which(tool)
    return tool if found and Path(found).resolve() == script.resolve() else _short(script)


def _program() -> list[str]:
    if "-m" in sys.orig_argv:
        module = sys.orig_argv[sys.orig_argv.index("-m") + 1]
        return [sys.orig_argv[0], "-m", module]
    return [beside("spreadtune")]


def _short(path: Path) -> str:
    """Relative to the folder one is in, where that is shorter."""
    return min(str(path), os.path.relpath(path), key=len)
