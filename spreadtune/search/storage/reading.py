"""Reading a run's trials from its database, without becoming its driver."""

import optuna
from optuna.storages import RDBStorage

from spreadtune.run_folder import RunFolder
from spreadtune.search.storage.book import read_rows
from spreadtune.search.storage.database import database, study_name
from spreadtune.search.storage.record import Row
from spreadtune.spec.seed import Stage
from spreadtune.spec.study import Study

Rows = dict[int, Row]
"""The trials of a variant by run-wide number."""


def stored_rows(
    study: Study, run: RunFolder, storage: str | None = None, *, stage: Stage = "search"
) -> dict[str, Rows]:
    """A stage's trials of every variant, by its name; none where the run has no database yet. Nothing is written.

    Raises:
        UserError: the database cannot be opened.
        DatabaseAwayError: it does not answer.
    """
    names = [variant.name for variant in study.variants()]
    if (stage == "confirm" and not study.search.confirm) or (storage is None and not run.database_file.exists()):
        return {name: {} for name in names}
    with database(run, storage) as opened:
        return {name: rows_of(opened, study_name(run, name, stage)) for name in names}


def rows_of(storage: RDBStorage, name: str) -> Rows:
    """The trials of one of Optuna's studies; none where a database has no such study."""
    try:
        return read_rows(optuna.load_study(study_name=name, storage=storage))
    except KeyError:  # a variant that no driver has come to yet
        return {}
