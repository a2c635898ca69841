"""The run's one database: where it is, how it is opened, what is done while it is away."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import optuna
import sqlalchemy
from optuna.storages import RDBStorage
from sqlalchemy.exc import ArgumentError

from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder, writing
from spreadtune.search.storage.faults import AWAY, DatabaseAwayError, fault_of
from spreadtune.search.storage.filesystems import refuse_network
from spreadtune.spec.seed import Stage

optuna.logging.set_verbosity(optuna.logging.WARNING)

SQLITE_PATIENCE = 5.0
"""Seconds that a statement waits for another process (a dashboard, an export) to let go of a SQLite file."""


class _WriteAhead(sqlite3.Connection):
    """SQLite with a write-ahead log: readers (a dashboard) do not lock the driver out, and a commit waits for no disk.

    A killed driver loses nothing by that; a power failure may lose the last trials, which then are drawn again. A file
    that has been moved away is not made anew: it would be empty, and in the way of the one that comes back.
    """

    def __init__(self, database: str, *arguments: Any, **options: Any) -> None:
        if database != ":memory:" and not options.get("uri"):
            database, options["uri"] = f"file:{quote(database)}?mode=rw", True
        super().__init__(database, *arguments, **options)
        self.execute("PRAGMA journal_mode=WAL")
        self.execute("PRAGMA synchronous=NORMAL")


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
        UserError: not an address, SQLite on a network file system or where an address cannot lead, or the run was
            begun in another database.
    """
    elsewhere = run.manifest().get("storage")
    if elsewhere and not storage:
        raise UserError(f"{run.label} keeps its trials in {elsewhere}; give that address with --storage")
    if storage and run.study_file.exists() and redacted(storage) != elsewhere:  # it has begun, in one database
        place = f"{elsewhere}; give that address" if elsewhere else "its own folder; leave --storage out"
        moved = " (if it was moved, write its new address into manifest.json)" if elsewhere else ""
        raise UserError(f"--storage {redacted(storage)}: {run.label} keeps its trials in {place}{moved}")
    return _local(_parsed(storage) if storage else _in_folder(run))


def _in_folder(run: RunFolder) -> sqlalchemy.URL:
    file = str(run.database_file)
    try:
        file.encode()
    except UnicodeEncodeError:
        raise UserError(
            f"{run.path}: a database's address is UTF-8, and this path is not; name another folder with --results, or "
            "set a locale of UTF-8 (LC_ALL=C.UTF-8)"
        ) from None
    return sqlalchemy.URL.create("sqlite", database=file)


def check_storage(storage: str, *, make_tables: bool = True) -> None:
    """Open and close the database at an address; raises :class:`UserError` when that cannot be done.

    Without ``make_tables`` nothing is written: a server only has to answer, and a file is not looked for.
    """
    url = _local(_parsed(storage))
    if make_tables:
        close_database(open_database(url))
    elif not _is_sqlite(url):
        with _faults_told(url):
            engine = sqlalchemy.create_engine(_with_driver(url))
            engine.connect().close()
            engine.dispose()


def open_database(url: sqlalchemy.URL) -> RDBStorage:
    """Open a database, creating its tables where they are missing.

    Raises:
        UserError: it cannot be reached, its driver is not installed, or it is of another Optuna.
        DatabaseAwayError: another process has locked it.
        DatabaseDamagedError: the file is no database.
        UnwritableError: its disk is full or read-only.
    """
    file = local_file(url)
    connect = {"timeout": SQLITE_PATIENCE, "factory": _WriteAhead}
    options: dict[str, Any] = {"connect_args": connect} if _is_sqlite(url) else {"pool_pre_ping": True}
    if file and file.parent.is_dir():
        with writing(file.parent):
            file.touch()
    with _faults_told(url):
        return RDBStorage(_with_driver(url).render_as_string(hide_password=False), engine_kwargs=options)


@contextmanager
def _faults_told(url: sqlalchemy.URL) -> Iterator[None]:
    """Turns what opening a database raises into what :func:`open_database` raises."""
    try:
        yield
    except ImportError as error:
        fix = 'pip install "spreadtune[postgres]"' if url.get_backend_name() == "postgresql" else "install it"
        name = error.name or error
        raise UserError(f"--storage {redacted(url)}: its driver is not installed ({name}); {fix}") from error
    except AWAY as error:
        fault = fault_of(error, local_file(url))
        if not isinstance(fault, DatabaseAwayError) or "locked" in fault.cause:
            raise fault from error
        raise UserError(
            f"the study's database {redacted(url)} cannot be opened ({fault.cause}); see --storage"
        ) from error
    except RuntimeError as error:  # Optuna's, about versions
        reason = str(error).splitlines()[0]
        raise UserError(f"the study's database {redacted(url)} cannot be opened: {reason}") from error


def _with_driver(url: sqlalchemy.URL) -> sqlalchemy.URL:
    """PostgreSQL's is the one that the extra installs, whatever a version of SQLAlchemy takes by default."""
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def local_file(url: sqlalchemy.URL) -> Path | None:
    """Where a SQLite database lies; None for one in memory and for those of a server."""
    return Path(url.database) if _is_sqlite(url) and url.database not in (None, "", ":memory:") else None


def close_database(storage: RDBStorage) -> None:
    """Let go of the database's connections and files."""
    storage.remove_session()
    storage.engine.dispose()


@contextmanager
def database(run: RunFolder, storage: str | None) -> Iterator[RDBStorage]:
    """The run's database, for reading it once.

    Raises:
        UserError, FaultError: see :func:`open_database`; also where it goes away inside the block.
    """
    url = database_url(run, storage)
    opened = open_database(url)
    try:
        yield opened
    except AWAY as error:
        raise fault_of(error, local_file(url)) from error
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
    if file := local_file(url):
        refuse_network(file)
    return url


def _is_sqlite(url: sqlalchemy.URL) -> bool:
    return url.get_backend_name() == "sqlite"
