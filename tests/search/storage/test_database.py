"""Opening the database, and never showing its password."""

import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder
from spreadtune.search.storage import database as module
from spreadtune.search.storage.database import close_database, database_url, open_database, redacted
from spreadtune.search.storage.faults import DatabaseDamagedError


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:secret@host/studies", "postgresql://me:***@host/studies"),
        ("mysql+pymysql://host/x?password=secret&charset=utf8", "mysql+pymysql://host/x?charset=utf8&password=hidden"),
        ("sqlite:////tmp/optuna.db", "sqlite:////tmp/optuna.db"),
    ],
)
def test_no_password_is_shown(url: str, shown: str) -> None:
    assert redacted(url) == shown


def test_what_is_no_address_is_refused_without_repeating_it(lab: Any) -> None:
    with pytest.raises(UserError, match="--storage is not a database address") as refused:
        database_url(lab.run, "my secret password")
    assert "secret" not in str(refused.value)


def test_a_missing_driver_is_the_users_to_install(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    told = (
        r"--storage postgresql://me:\*\*\*@host/x: its driver is not installed .*; pip install \"spreadtune\[postgres\]"
    )
    with pytest.raises(UserError, match=told):
        open_database(database_url(lab.run, "postgresql://me:secret@host/x"))


def test_a_file_that_is_no_database(lab: Any) -> None:
    lab.run.database_file.write_text("not a database" * 1000)
    with pytest.raises(DatabaseDamagedError, match=r"optuna\.db is damaged \(file is not a database\): put it back"):
        lab.open(lab.study())


def test_network_sqlite_is_refused_whether_named_or_not(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Any) -> None:
        raise UserError(f"{path} is far away")

    monkeypatch.setattr(module, "refuse_network", refuse)
    with pytest.raises(UserError, match=r"optuna\.db is far away"):
        database_url(lab.run, None)
    with pytest.raises(UserError, match=r"/far/studies\.db is far away"):
        database_url(lab.run, "sqlite:////far/studies.db")


def test_a_reader_does_not_lock_the_driver_out(lab: Any) -> None:
    ledger = lab.open(lab.study(space={"objective.alpha": {"grid": [0, 1]}}))
    reader = sqlite3.connect(lab.run.database_file)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM trials").fetchone()
    assert len(lab.run_all(ledger)) == 2
    reader.close()


def test_another_database_is_used_when_named(lab: Any, tmp_path: Any) -> None:
    elsewhere = f"sqlite:///{tmp_path}/elsewhere.db"
    study = lab.study(space={"objective.alpha": {"grid": [0]}})
    lab.run_all(lab.open(study, storage=elsewhere))
    assert lab.open(study, storage=elsewhere).progress().trials.complete == 1
    assert lab.open(study).progress().trials.complete == 0


def test_closing_leaves_one_file(lab: Any) -> None:
    storage = open_database(database_url(lab.run, None))
    storage.get_all_studies()
    close_database(storage)
    assert [path.name for path in lab.run.path.glob("optuna.db*")] == ["optuna.db"]


def test_a_run_has_one_database(lab: Any, tmp_path: Path) -> None:
    lab.run.study_file.write_text("begun")
    with pytest.raises(UserError, match="keeps its trials in its own folder; leave --storage out"):
        database_url(lab.run, f"sqlite:///{tmp_path}/other.db")
    lab.run.manifest_file.write_text('{"storage": "sqlite:///one.db"}')
    database_url(lab.run, "sqlite:///one.db")
    with pytest.raises(UserError, match=r"keeps its trials in sqlite:///one\.db; give that address"):
        database_url(lab.run, f"sqlite:///{tmp_path}/other.db")
    assert not (tmp_path / "other.db").exists()


def test_a_path_that_an_address_cannot_hold_is_told(tmp_path: Path) -> None:
    """Its bytes are those of another encoding than the locale's."""
    run = RunFolder(tmp_path / "caf\udce9" / "x" / "20260101-000000-0000")
    with pytest.raises(UserError, match=r"this path is not; name another folder with --results, or set a locale"):
        database_url(run, None)
