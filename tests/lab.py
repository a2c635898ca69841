"""Runs without training: a lab that plays the workers of a tiny study."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from optuna.storages._rdb.storage import _VersionManager
from sqlalchemy import URL

from spreadtune.run_folder import Outcome, RunFolder
from spreadtune.search.assignment import Assignment
from spreadtune.search.ledger import Ledger
from spreadtune.search.storage.database import close_database, open_database
from spreadtune.spec.study import Study


class Lab:
    """One run, its ledgers and what its workers would write."""

    def __init__(self, results: Path, database: Path) -> None:
        self.run = RunFolder.create(results, "tiny")
        shutil.copy(database, self.run.database_file)
        self._open: list[Ledger] = []

    def study(self, *, head: str = "none", decoder: str = "conv", **search: Any) -> Study:
        values = {
            "data": {"dataset": "digits", "augmentation": "grey"},
            "model": {"encoder": "convnet", "head": head, "decoder": decoder},
            "objective": {"name": "spread", "alpha": 0.7, "autoencoder_weight": 0.0},
            "training": {"epochs": 10},
            "search": search,
        }
        return Study.from_values(values, name="tiny", source="tiny")

    def open(self, study: Study, **options: Any) -> Ledger:
        """A driver's ledger; a second one finds what the first left, as after a kill."""
        options = {"mean_class_counts": lambda _: [64.0, 64.0], "references": False} | options
        ledger = Ledger.open(study, self.run, **options)
        self._open.append(ledger)
        return ledger

    def kill(self, ledger: Ledger) -> None:
        """Drop a driver's ledger as SIGKILL does: what it had not written stays unwritten."""
        self._open.remove(ledger)
        close_database(ledger._storage)

    def close(self) -> None:
        for ledger in self._open:
            ledger.close()

    def write(self, assignment: Assignment, outcome: Outcome) -> None:
        """What a worker leaves at its end."""
        outcome.write(assignment.folder.new_attempt().result_file)

    def finish(self, ledger: Ledger, assignment: Assignment, value: float = 0.5) -> Outcome:
        """Train to the end."""
        self.write(assignment, Outcome("COMPLETE", epoch=10, metrics={"transfer_accuracy": value}))
        return ledger.settle(assignment.number)

    def run_all(self, ledger: Ledger, value: Callable[[Assignment], float] = lambda _: 0.5) -> list[Assignment]:
        """One slot, to the end; references too."""
        done = []
        while assignment := ledger.next():
            if assignment.kind != "trial":
                self.write(assignment, Outcome("COMPLETE", epoch=10))
                ledger.settle_reference(assignment.seed, stage=assignment.spec.seed.stage)
            else:
                self.finish(ledger, assignment, value(assignment))
            done.append(assignment)
        return done


@pytest.fixture(scope="session", autouse=True)
def _schema_version_read_once() -> Iterator[None]:
    """Optuna loads its ten migrations whenever a database is opened, which is most of the time that takes."""
    read = _VersionManager.get_head_version
    known: list[str] = []

    def once(manager: Any) -> str:
        known.extend([] if known else [read(manager)])
        return known[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_VersionManager, "get_head_version", once)
        yield


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database: making its tables is half of what opening a run costs."""
    path = tmp_path_factory.mktemp("empty") / "optuna.db"
    close_database(open_database(URL.create("sqlite", database=str(path))))
    return path


@pytest.fixture
def lab(tmp_path: Path, database: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path, database)
    yield lab
    lab.close()


@pytest.fixture
def new_lab(tmp_path_factory: pytest.TempPathFactory, database: Path) -> Iterator[Callable[[], Lab]]:
    """Several runs side by side."""
    labs: list[Lab] = []

    def make() -> Lab:
        labs.append(Lab(tmp_path_factory.mktemp("results"), database))
        return labs[-1]

    yield make
    for lab in labs:
        lab.close()
