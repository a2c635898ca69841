import shlex
from pathlib import Path
from typing import Any

from spreadtune.cli.session import Request


def request(**changes: Any) -> Request:
    values: dict[str, Any] = {
        "study": "x",
        "overrides": (),
        "profile": None,
        "trials": None,
        "seeds": None,
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
