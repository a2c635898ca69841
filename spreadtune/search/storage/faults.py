"""What a database that fails means: it is away and comes back, its disk takes no more, or its file is damaged."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from optuna.exceptions import StorageInternalError
from sqlalchemy.exc import SQLAlchemyError

from spreadtune.errors import FaultError
from spreadtune.run_folder.unwritable import NO_SPACE, UnwritableError, why_unwritable

AWAY = (StorageInternalError, SQLAlchemyError)
"""What Optuna and SQLAlchemy raise while a database is locked, gone or unreachable."""


class DatabaseAwayError(FaultError):
    """The database does not answer. Nothing is lost: ask again later.

    Attributes:
        seconds: how long it has been away.
        cause: what it said, without its address.
    """

    def __init__(self, seconds: float = 0.0, cause: str = "") -> None:
        since = f" for {seconds:.0f} s" if seconds >= 1 else ""
        why = f" ({cause})" if cause else ""
        super().__init__(f"the study's database does not answer{since}{why}; nothing is lost, try again when it does")
        self.seconds, self.cause = seconds, cause


class DatabaseDamagedError(FaultError):
    """A SQLite file is none any more."""

    def __init__(self, file: Path, cause: str) -> None:
        super().__init__(
            f"{file} is damaged ({cause}): put it back from a backup, or start another run with --fresh; what was "
            f"published stands in {file.parent / 'trials'}"
        )


def fault_of(error: BaseException, file: Path | None, seconds: float = 0.0) -> FaultError:
    """Which fault it is that Optuna or SQLAlchemy raised.

    SQLite says by its code that the disk is full, that it may not write or that the file is none. Where it says only
    that it cannot, the disk is asked.

    Args:
        error: one of :data:`AWAY`.
        file: of a SQLite database; None where a server answers.
        seconds: how long the database has been away before.
    """
    said = _sqlite_error(error)
    if said is None or file is None:
        return DatabaseAwayError(seconds, _said_by_server(error))
    code = said.sqlite_errorname
    if code in ("SQLITE_CORRUPT", "SQLITE_NOTADB"):
        return DatabaseDamagedError(file, str(said))
    if code == "SQLITE_FULL":
        return UnwritableError(file.parent, NO_SPACE)
    if code.startswith(("SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN")) and (why := why_unwritable(file.parent)):
        return UnwritableError(file.parent, why)
    if code == "SQLITE_READONLY":
        return UnwritableError(file.parent, f"{file.name} is read-only")
    return DatabaseAwayError(seconds, str(said))


def _said_by_server(error: BaseException) -> str:
    """The driver's first line, which names host, port and user but no password; else the kind of error."""
    for each in _with_causes(error):
        if original := getattr(each, "orig", None):
            return (str(original).splitlines() or [""])[0].strip() or type(original).__name__
    return type(error.__cause__ or error).__name__


def _sqlite_error(error: BaseException | None) -> sqlite3.Error | None:
    """SQLite's own error among the causes, if it tells its code."""
    for each in _with_causes(error):
        found = each if isinstance(each, sqlite3.Error) else getattr(each, "orig", None)
        if isinstance(found, sqlite3.Error) and getattr(found, "sqlite_errorname", None):
            return found
    return None


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
