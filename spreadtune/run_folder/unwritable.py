"""A disk that takes no more: told from what it makes the system raise."""

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from spreadtune.errors import FaultError

NO_SPACE = "no space left on its disk"
READ_ONLY = "its file system is read-only"

REASONS: Mapping[int, str] = MappingProxyType(
    {
        errno.ENOSPC: NO_SPACE,
        errno.EDQUOT: "the disk quota is used up",
        errno.EROFS: READ_ONLY,
        errno.EACCES: "permission denied",
        errno.EPERM: "permission denied",
        errno.EIO: "its disk reports an input/output error",
    }
)


class UnwritableError(FaultError):
    """A folder of a run can be written no more. What is whole in it stays whole, and a resume goes on from it.

    Attributes:
        folder: where it was tried.
        reason: why it failed.
    """

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(folder, reason)
        self.folder, self.reason = folder, reason

    def __str__(self) -> str:
        return f"{self.folder} cannot be written: {self.reason}"


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Inside the block a disk that is full or read-only raises :class:`UnwritableError`; other errors pass as they are.

    Args:
        folder: what is written to, for the message.
    """
    try:
        yield
    except OSError as error:
        reason = REASONS.get(error.errno or 0)
        if reason is None:
            raise
        raise UnwritableError(folder, reason) from error


def why_unwritable(folder: Path) -> str | None:
    """What the system says of the folder's disk; None where nothing speaks against writing, or it says nothing.

    For libraries that hide the system's error, as SQLite does.
    """
    try:
        disk = os.statvfs(folder)
    except OSError:
        return None
    if disk.f_flag & os.ST_RDONLY:
        return READ_ONLY
    return NO_SPACE if disk.f_bavail == 0 or (disk.f_files and disk.f_favail == 0) else None
