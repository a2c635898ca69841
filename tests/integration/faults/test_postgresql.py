"""A study in a PostgreSQL database: whole, resumed, beside another one, and with a server that goes away."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import spreadtune
from spreadtune.run_folder import runs
from tests.in_process import Session, assert_nothing_lost
from tests.postgres import PASSWORD, Server, programs
from tests.workplace import Workplace

pytestmark = pytest.mark.slow

GRID = {"search.space": {"objective.alpha": {"grid": [0, 0.6]}}}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    pytest.importorskip("psycopg", reason="needs the extra postgres")
    found = programs()
    if found is None:
        pytest.skip("needs PostgreSQL (initdb and pg_ctl)")
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to other users
        Path(folder).chmod(0o755)
        server = Server(Path(folder) / "data", found)
        server.create()
        server.start()
        yield server
        server.stop()


def test_a_study_from_its_start_to_its_report(server: Server, workplace: Workplace) -> None:
    workplace.write("served", {"search.seeds": 1})
    code, output = workplace.run("run", "served", "--no-dashboard", "--storage", server.url)
    assert code == 0, output
    run = workplace.newest("served")
    assert not run.database_file.exists()
    assert PASSWORD not in run.manifest_file.read_text() + run.log_file.read_text() + output
    code, output = workplace.run("run", "served", "--no-dashboard", "--storage", server.url, "--resume", "--seeds", "2")
    assert code == 0, output
    assert "to run     2 of 4 trials and 1 of 2 references" in output
    results = spreadtune.load_results(run.path, storage=server.url)
    assert results.trials["state"].tolist() == ["COMPLETE"] * 4
    code, output = workplace.run("runs")
    assert "finished" in output
    assert "4 complete of 4" in output
    code, output = workplace.run("report", "served", "--storage", server.url)
    assert code == 0, output
    code, output = workplace.run("report", "served")
    assert code == 2
    assert "keeps its trials in postgresql://postgres:***@127.0.0.1" in output


def test_an_adaptive_search_beside_another_one(server: Server, session: Session) -> None:
    asked = {
        "search.sampler": "tpe",
        "search.trials": 14,
        "search.space": {"objective.alpha": {"uniform": [0, 0.6]}},
        "search.early_stopping": {"name": "successive_halving", "min_epochs": 1},
    }
    interrupted: list[str] = []

    def interrupt_once(folder: Path, result: Mapping[str, Any]) -> None:
        if folder.name == "0012" and not interrupted:
            interrupted.append(folder.name)
            raise KeyboardInterrupt

    session.write("one", asked)
    session.write("two", asked)
    code, printed = session.spreadtune("run", "one", "--storage", server.url)
    assert code == 0, printed
    session.at_report = interrupt_once
    assert session.spreadtune("run", "two", "--storage", server.url)[0] == 130
    code, printed = session.spreadtune("run", "two", "--storage", server.url, "--resume")
    assert code == 0, printed
    found = [
        spreadtune.load_results(runs(session.folder / "results", name)[0].path, storage=server.url).trials
        for name in ("one", "two")
    ]
    assert [len(trials) for trials in found] == [14, 14]
    assert found[0]["param.objective.alpha"].tolist() == found[1]["param.objective.alpha"].tolist()
    assert found[0]["state"].tolist() == found[1]["state"].tolist()
    assert "PRUNED" in set(found[0]["state"])


def test_a_server_that_goes_away_and_comes_back(server: Server, session: Session) -> None:
    session.write("away", GRID)
    looks: list[str] = []

    def go(folder: Path, result: Mapping[str, Any]) -> None:
        if folder.name == "0000" and result.get("epoch") == 2:
            server.stop()

    def look() -> None:
        looks.append("not yet")
        if len(looks) == 3:
            server.start()

    session.at_report, session.while_away = go, look
    code, printed = session.spreadtune("run", "away", "--storage", server.url)
    assert code == 0, printed
    assert "does not answer" in printed
    assert "database is back after" in printed
    assert PASSWORD not in printed
    assert_nothing_lost(runs(session.folder / "results", "away")[0], 2, storage=server.url)


def test_one_that_is_not_there(session: Session) -> None:
    session.write("x", GRID)
    nobody = f"postgresql://postgres:{PASSWORD}@127.0.0.1:1/postgres"
    for more in ([], ["--plan"]):
        code, printed = session.spreadtune("run", "x", "--storage", nobody, *more)
        assert code == 2, printed
        [line] = [line for line in printed.splitlines() if line.startswith("error: ")]
        assert "postgresql://postgres:***@127.0.0.1:1/postgres cannot be opened" in line
        assert PASSWORD not in printed
    assert not runs(session.folder / "results")
