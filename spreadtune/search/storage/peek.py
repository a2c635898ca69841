"""Reading a run's SQLite database without leaving a trace: no file is made, changed or removed, not even beside it.

An ordinary connection makes the files of the write-ahead log and writes to its index, and fails where it may not.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

from optuna.storages import RDBStorage
from sqlalchemy.exc import DatabaseError

from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder
from spreadtune.search.optuna_internals import look_for_tables
from spreadtune.search.storage.database import SQLITE_PATIENCE, close_database, study_name
from spreadtune.search.storage.faults import AWAY
from spreadtune.search.storage.reading import rows_of
from spreadtune.search.storage.record import Rows
from spreadtune.spec.seed import Stage
from spreadtune.spec.study import Study


def peeked_rows(study: Study, run: RunFolder, *, stage: Stage = "search") -> dict[str, Rows]:
    """A stage's trials of every variant as the run's own SQLite file has them, by the variant's name; see the module.

    Raises:
        UserError: the file is none, or is not a study's database.
    """
    if not run.database_file.exists():
        raise UserError(f"{run.database_file.name} is missing")
    try:
        with _readable(run.database_file) as (file, options), _opened(file, options) as storage:
            names = [variant.name for variant in study.variants()]
            return {name: rows_of(storage, study_name(run, name, stage), study.search) for name in names}
    except (*AWAY, DatabaseError, sqlite3.Error, OSError) as error:
        reason = str(error.__cause__ or error).splitlines()[0]
        raise UserError(f"{run.database_file.name} cannot be read ({reason})") from error


@contextmanager
def _readable(file: Path) -> Iterator[tuple[Path, str]]:
    """A database and the options of its address with which it can be read and stays as it is.

    Without a log nobody writes and the file is all there is. With log and index both are read, the index through a
    mapping that cannot write. A log alone is of a copied folder: SQLite would make the index, and does so in a copy.
    """
    log, index = (file.with_name(f"{file.name}-{part}") for part in ("wal", "shm"))
    if not log.exists():
        yield file, "mode=ro&immutable=1"
    elif index.exists():
        yield file, "mode=ro&readonly_shm=1"
    else:
        with tempfile.TemporaryDirectory(prefix="spreadtune-") as folder:
            for source in (file, log):
                shutil.copyfile(source, Path(folder) / source.name)
            yield Path(folder) / file.name, "mode=ro"


@contextmanager
def _opened(file: Path, options: str) -> Iterator[RDBStorage]:
    connect = partial(
        sqlite3.connect,
        f"file:{quote(str(file))}?{options}",
        uri=True,
        timeout=SQLITE_PATIENCE,
        check_same_thread=False,
    )
    with closing(connect()) as connection:  # Optuna would make its tables in a file that has none
        look_for_tables(connection)
    storage = RDBStorage(
        "sqlite://", engine_kwargs={"creator": connect}, skip_compatibility_check=True, skip_table_creation=True
    )
    try:
        yield storage
    finally:
        close_database(storage)
