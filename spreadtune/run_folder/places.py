"""Folders that are to be written, there or not."""

import tempfile
from pathlib import Path


def nearest(path: Path) -> Path:
    """The path, or the nearest place above it that is there."""
    path = path.absolute()
    return next((place for place in (path, *path.parents) if place.exists()), Path("/"))


def why_not_writable(path: Path) -> str | None:
    """Why files cannot be made in a folder, which would be made where it is missing; None where they can.

    It is tried, in a file without a name: permissions alone say yes to root and to read-only file systems.
    """
    place = nearest(path)
    if not place.is_dir():
        return f"{place} is a file"
    try:
        with tempfile.TemporaryFile(dir=place):
            return None
    except OSError as error:
        return str(error.strerror or error)
