"""``extend`` as typed: which study it asks for, under which name, and which run its samplers learn from."""

from pathlib import Path

import pytest

from spreadtune.cli import session
from spreadtune.cli.main import main
from spreadtune.cli.session import Request
from spreadtune.spec.load import load_study
from tests.cli.commands.test_runs import NEW, OLD, begin
from tests.cli.test_mistakes import told
from tests.workplace import Workplace


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """What the command asks for; nothing is run."""
    monkeypatch.chdir(tmp_path)
    Workplace(tmp_path).write("x", {})
    requests: list[Request] = []
    monkeypatch.setattr(session, "run_to_report", lambda request: requests.append(request) or 0)
    return requests


def extend(*arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["extend", *arguments])
    assert ended.value.code == 0


def test_without_a_study_that_of_the_run_under_its_name(asked: list[Request]) -> None:
    run = begin(OLD)
    begin(NEW)
    extend(f"x/{OLD}", "--set", "training.epochs=9", "--trials", "7")
    [request] = asked
    assert (request.study, request.name, request.extends) == (str(run.study_file), "x", f"x/{OLD}")
    assert request.overrides == ("training.epochs=9",)
    assert request.trials == 7
    assert request.fresh
    assert not request.resuming
    study = load_study(request.study, overrides=request.overrides, name=request.name)
    assert (study.name, study.training.epochs) == ("x", 9)


def test_with_a_study_that_one_under_its_own_name(asked: list[Request], tmp_path: Path) -> None:
    begin(OLD)
    extend("x", "--study", "y", "--confirm", "3", "--no-dashboard", "--storage", "sqlite:///y.db")
    [request] = asked
    assert (request.study, request.name, request.extends) == ("y", None, "x")
    assert (request.confirm, request.dashboard, request.storage) == (3, False, "sqlite:///y.db")


def test_a_run_that_is_not_there_is_told_before_anything_else(
    asked: list[Request], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "nothing" in told(capsys, "extend", "nothing")
    assert not asked
