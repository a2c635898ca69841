"""Where data sets lie: one folder, laid out as torchvision lays it out, and where that folder is looked for."""

import os
from pathlib import Path

VARIABLE = "SPREADTUNE_DATA"
"""Names the data root; ``--data-root`` sets it, so that the processes of a run's own cluster inherit it."""


def use_data_root(path: str | Path) -> None:
    """Makes ``path`` the data root of this process and of those it starts."""
    os.environ[VARIABLE] = str(Path(path).expanduser().absolute())


def data_root_variable() -> dict[str, str]:
    """What processes elsewhere have to be given in their environment to look where this one looks."""
    return {VARIABLE: str(data_roots()[0])} if os.environ.get(VARIABLE) else {}


def data_roots() -> list[Path]:
    """The folders in which a data set is looked for, in this order; what is absent is downloaded into the first."""
    named = os.environ.get(VARIABLE)
    roots = [Path(named).expanduser().absolute()] if named else []
    return [*roots, user_cache()]


def places(path: str) -> list[Path]:
    """Where a path of a study's data set is looked for, in this order: as it is where it is absolute, else below each
    data root, then below the working directory."""
    return list(dict.fromkeys(folder / Path(path).expanduser() for folder in (*data_roots(), Path.cwd())))


def user_cache() -> Path:
    """This user's cache folder for the package."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "spreadtune"
