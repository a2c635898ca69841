"""The run's one database: where it is, how it is opened, what is done while it is away."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import optuna
import sqlalchemy
from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder
from spreadtune.search.filesystems import refuse_network
from spreadtune.spec.seed import Stage

optuna.logging.set_verbosity(optuna.logging.WARNING)

AWAY = (StorageInternalError, SQLAlchemyError)
"""What Optuna and SQLAlchemy raise while a database is locked, gone or unreachable."""

SQLITE_PATIENCE = 5.0
"""Seconds that a statement waits for another process (a dashboard, an export) to let go of a SQLite file."""


class _WriteAhead(sqlite3.Connection):
    """SQLite with a write-ahead log: readers (a dashboard) do not lock the driver out, and a commit waits for no disk.

    A killed driver loses nothing by that; a power failure may lose the last trials, which then are drawn again.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.execute("PRAGMA journal_mode=WAL")
        self.execute("PRAGMA synchronous=NORMAL")


class DatabaseAwayError(Exception):
    """The database does not answer. Nothing is lost: ask again later.

    Attributes:
        seconds: how long it has been away.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the study's database has been away for {seconds:.0f} s")
        self.seconds = seconds


def study_name(run: RunFolder, variant: str, stage: Stage = "search") -> str:
    """What Optuna calls a variant's study: NAME/ID/VARIANT, as the run was called when it began; its confirmation
    is a companion, NAME/ID/VARIANT/confirm.

    A folder may be moved or renamed; its database goes with it, and keeps the old name.
    """
    name = f"{run.manifest().get('run', run.label)}/{variant}"
    return name if stage == "search" else f"{name}/{stage}"


def database_url(run: RunFolder, storage: str | None) -> sqlalchemy.URL:
    """The address of the run's database: ``storage``, or SQLite in the run's folder.

    Raises:
        UserError: not an address, SQLite on a network file system, or the run was begun in another database.
    """
    elsewhere = run.manifest().get("storage")
    if elsewhere and not storage:
        raise UserError(f"{run.label} keeps its trials in {elsewhere}; give that address with --storage")
    return _local(_parsed(storage) if storage else sqlalchemy.URL.create("sqlite", database=str(run.database_file)))


def check_storage(storage: str) -> None:
    """Open and close the database at an address; raises :class:`UserError` when that cannot be done."""
    close_database(open_database(_local(_parsed(storage))))


def open_database(url: sqlalchemy.URL) -> RDBStorage:
    """Open a database, creating its tables where they are missing.

    Raises:
        UserError: it cannot be reached, or its driver is not installed.
    """
    sqlite = url.get_backend_name() == "sqlite"
    connect = {"timeout": SQLITE_PATIENCE, "factory": _WriteAhead}
    options: dict[str, Any] = {"connect_args": connect} if sqlite else {"pool_pre_ping": True}
    try:
        return RDBStorage(url.render_as_string(hide_password=False), engine_kwargs=options)
    except ImportError as error:
        raise UserError(f"--storage {redacted(url)}: its driver is not installed ({error.name})") from error
    except (*AWAY, RuntimeError) as error:
        reason = type(error.__cause__ or error).__name__
        raise UserError(f"the study's database {redacted(url)} cannot be opened ({reason}); see --storage") from error


def close_database(storage: RDBStorage) -> None:
    """Let go of the database's connections and files."""
    storage.remove_session()
    storage.engine.dispose()


@contextmanager
def database(run: RunFolder, storage: str | None) -> Iterator[RDBStorage]:
    """The run's database, for reading it once."""
    opened = open_database(database_url(run, storage))
    try:
        yield opened
    finally:
        close_database(opened)


def redacted(url: str | sqlalchemy.URL) -> str:
    """An address that may be logged: no password, neither before the host nor among the options."""
    parsed = _parsed(url) if isinstance(url, str) else url
    hidden = {key: "hidden" for key in parsed.query if "pass" in key.lower()}
    return parsed.update_query_dict(hidden).render_as_string(hide_password=True)


def _parsed(url: str) -> sqlalchemy.URL:
    try:
        return sqlalchemy.make_url(url)
    except ArgumentError:
        # The text itself is not shown: it may hold a password.
        raise UserError("--storage is not a database address; expected postgresql://USER@HOST/DATABASE") from None


def _local(url: sqlalchemy.URL) -> sqlalchemy.URL:
    """The address itself, unless it is SQLite on a network file system."""
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        refuse_network(Path(str(url.database)))
    return url
