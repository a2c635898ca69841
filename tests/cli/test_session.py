import io
import logging
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from spreadtune.cli.live.terminal import Terminal
from spreadtune.cli.session import Request, _breakdown, _log_early, _log_to
from spreadtune.run_folder import RunFolder
from spreadtune.spec.load import load_study
from tests.workplace import Workplace


def request(**changes: Any) -> Request:
    values: dict[str, Any] = {
        "study": "x",
        "overrides": (),
        "profile": None,
        "trials": None,
        "seeds": None,
        "confirm": None,
        "resuming": False,
        "resume": None,
        "fresh": False,
        "results": Path("results"),
        "storage": None,
        "data_root": None,
        "address": "local",
        "dashboard": True,
        "verbose": False,
    }
    return Request(**(values | changes))


def test_the_command_that_resumes_names_the_data_root() -> None:
    words = shlex.split(request(data_root=Path("my pictures")).resume_command())
    assert words[-3:] == ["--data-root", "my pictures", "--resume"]
    assert "--data-root" not in request().resume_command()


def test_a_breakdown_names_its_cause_the_log_and_the_way_on(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "x" / "20260101-000000-0000")
    error = RuntimeError("caught unexpected exception")
    error.__cause__ = MemoryError("the node is low\non memory")
    lines = _breakdown(error, run, request())
    assert lines[0] == "broke down: MemoryError: the node is low"
    assert str(run.log_file) in lines[1]
    assert lines[2].endswith("x --resume x/20260101-000000-0000")
    assert _breakdown(ValueError(), run, request())[0] == "broke down: ValueError"


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = [*root.handlers], root.level
    root.handlers.clear()
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)


@pytest.mark.usefixtures("logging_as_before")
def test_what_is_said_before_there_is_a_run_is_in_its_log_and_our_warnings_are_shown(tmp_path: Path) -> None:
    Workplace(tmp_path).write("told", {})
    output = io.StringIO()
    terminal = Terminal(load_study(tmp_path / "studies" / "told.yaml"), "told/1", Console(file=output))
    early = _log_early()
    logging.getLogger("spreadtune.data").warning("an entry is damaged")
    logging.getLogger("library").warning("a library worries")
    _log_to(tmp_path / "log", terminal, early, verbose=False)
    logging.getLogger("library").info("a library talks")
    assert output.getvalue() == "warning    an entry is damaged\n"
    messages = [line.split(": ", 1)[1] for line in (tmp_path / "log").read_text().splitlines()]
    assert messages == ["an entry is damaged", "a library worries", "a library talks"]
