"""Files that are whole or absent, whatever happens to the process that writes them."""

import json
import math
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from spreadtune.run_folder.unwritable import writing

TEMPORARY = ".tmp"


def write_atomic(path: Path, content: str | bytes, *, sync: bool = True) -> None:
    """Write a file, text as UTF-8, under a temporary name beside it and rename it: readers see all of it or none.

    Missing folders are made. Where writing fails, what was there before stays.

    Args:
        path: the file.
        content: all of it.
        sync: wait until the disk has it, so that a power failure leaves no empty file under the name.

    Raises:
        UnwritableError: the disk is full or read-only.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}{TEMPORARY}")
    with writing(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
                if sync:
                    file.flush()
                    os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):  # nothing can be removed from a disk that turned read-only
                temporary.unlink(missing_ok=True)
            raise


def remove_temporary(folder: Path) -> None:
    """Remove what writers that were killed in the middle of a file left anywhere below a folder."""
    for path in folder.rglob(f".*{TEMPORARY}"):
        path.unlink(missing_ok=True)


def write_json(path: Path, content: Any) -> None:
    """Write JSON, whole or not at all; it knows neither NaN nor infinity, which are written as null."""
    write_atomic(path, json.dumps(_finite(content), indent=2, allow_nan=False) + "\n")


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
