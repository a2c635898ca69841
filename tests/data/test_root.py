import os
from pathlib import Path

import pytest

from spreadtune.data.root import data_root_variable, data_roots, use_data_root


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("SPREADTUNE_DATA", "")
    return tmp_path / "home"


def test_without_a_data_root_the_user_s_cache_is_looked_through(home):
    assert data_roots() == [home / ".cache" / "spreadtune"]
    assert data_root_variable() == {}


def test_the_variable_comes_first(monkeypatch, home):
    monkeypatch.setenv("SPREADTUNE_DATA", "~/pictures")
    assert data_roots() == [home / "pictures", home / ".cache" / "spreadtune"]
    assert data_root_variable() == {"SPREADTUNE_DATA": str(home / "pictures")}


def test_the_cache_of_xdg_is_respected(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    assert data_roots() == [tmp_path / "x" / "spreadtune"]


@pytest.mark.parametrize("path", ["there", Path("there")])
def test_a_data_root_on_the_command_line_is_made_absolute_for_other_processes(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPREADTUNE_DATA", "/elsewhere")
    use_data_root(path)
    assert os.environ["SPREADTUNE_DATA"] == str(tmp_path / "there")
    monkeypatch.chdir("/")
    assert data_roots()[0] == tmp_path / "there"
