import shlex
from pathlib import Path
from typing import Any

from spreadtune.cli.session import Request, _breakdown
from spreadtune.run_folder import RunFolder


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
