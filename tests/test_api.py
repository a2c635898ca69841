import os
from pathlib import Path

import pytest

import spreadtune
from spreadtune.errors import UserError
from tests.workplace import Workplace


def test_a_data_root_given_in_python_is_that_of_the_processes_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPREADTUNE_DATA", "/elsewhere")
    monkeypatch.chdir(tmp_path)
    Workplace(tmp_path).write("x", {"data.dataset": {"name": "image_folder", "root": "absent"}})
    with pytest.raises(UserError, match=f"looked for {tmp_path}/pictures/absent"):
        spreadtune.run("x", data_root="pictures")
    assert os.environ["SPREADTUNE_DATA"] == str(tmp_path / "pictures")
    assert not (tmp_path / "results").exists()
