"""A disk that takes no more: told from what it makes the system raise."""

import errno
import tempfile
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
    """Why a page cannot be written there, which is tried in a file without a name; None where it can.

    For libraries that hide the system's error, as SQLite does.
    """
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(4096))
            probe.flush()
    except OSError as error:
        return REASONS.get(error.errno or 0)
    return None
