"""What keeps Ray from starting is told before anything starts, with the setting and the fix."""

import os
from pathlib import Path

import pytest

from spreadtune.errors import UserError
from spreadtune.runtime.before_start.preflight import preflight
from spreadtune.runtime.cluster.needs import (
    LONGEST_SOCKET,
    folder_hindrance,
    ray_folder,
    refuse_where_ray_cannot_start,
    token_file,
    token_hindrance,
)
from spreadtune.spec.load import load_study


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def written(file: Path, text: str = "secret") -> Path:
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    "environment",
    [{}, {"RAY_AUTH_MODE": "token"}, {"RAY_AUTH_MODE": "TOKEN"}, {"RAY_AUTH_TOKEN_PATH": ""}, {"RAY_AUTH_TOKEN": ""}],
)
def test_a_home_that_can_be_written_is_enough(environment: dict[str, str], home: Path) -> None:
    assert token_hindrance(environment, home) is None, "Ray makes the folders above, too"
    assert not home.exists(), "looking changes nothing"
    written(token_file(environment, home), " \n")
    assert token_hindrance(environment, home) is None, "an empty one is made anew"
    assert token_file(environment, home).read_text() == " \n"


def closed_homes(tmp_path: Path) -> list[Path]:
    """Where even root makes no file: below a file, in a file system of the kernel's, under a token that is a folder."""
    file, folder, ray_is_a_file = tmp_path / "file", tmp_path / "folder", tmp_path / "ray"
    file.touch()
    (folder / ".ray" / "auth_token").mkdir(parents=True)
    written(ray_is_a_file / ".ray")
    return [file, folder, ray_is_a_file, Path("/proc/self")]


@pytest.mark.parametrize("case", range(4))
def test_a_home_that_cannot_be_written_is_told_with_the_fix(case: int, tmp_path: Path) -> None:
    home = closed_homes(tmp_path)[case]
    found = token_hindrance({}, home)
    assert found
    assert str(home / ".ray" / "auth_token") in found.text
    assert "HOME" in found.fix
    assert "RAY_AUTH_TOKEN" in found.fix
    for way_out in ({"RAY_AUTH_TOKEN": "secret"}, {"RAY_AUTH_MODE": "disabled"}):
        assert token_hindrance(way_out, home) is None
    named = written(tmp_path / "named" / "token")
    assert token_hindrance({"RAY_AUTH_TOKEN_PATH": str(named)}, home) is None


@pytest.mark.skipif(os.getuid() == 0, reason="root may read and write everything")
def test_permissions_count(home: Path) -> None:
    home.mkdir(mode=0o500)
    assert token_hindrance({}, home)
    home.chmod(0o700)
    file = written(token_file({}, home))
    file.chmod(0o000)
    found = token_hindrance({}, home)
    assert found
    assert "cannot be read (Permission denied)" in found.text


@pytest.mark.parametrize("content", [None, "", " \n"])
def test_a_token_that_is_named_has_to_be_there(content: str | None, tmp_path: Path, home: Path) -> None:
    file = tmp_path / "named"
    if content is not None:
        file.write_text(content)
    found = token_hindrance({"RAY_AUTH_TOKEN_PATH": str(file)}, home)
    assert found
    assert found.text.startswith(f"{file}, which RAY_AUTH_TOKEN_PATH names, is ")
    assert "unset RAY_AUTH_TOKEN_PATH" in found.fix


def test_what_is_looked_for_is_what_ray_does(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The places are written down here; Ray's own code says them too."""
    import ray._common.utils as ray_utils
    from ray._private.authentication import authentication_token_setup as token

    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("RAY_AUTH_TOKEN_PATH", raising=False)
    assert token._get_default_token_path() == token_file(os.environ, Path.home())
    for names in ([], ["TMPDIR"], ["RAY_TMPDIR"], ["RAY_TMPDIR", "TMPDIR"]):
        for name in ("RAY_TMPDIR", "TMPDIR"):
            monkeypatch.delenv(name, raising=False)
        for name in names:
            monkeypatch.setenv(name, f"/{name}")
        assert Path(ray_utils.get_default_ray_temp_dir()) == ray_folder(os.environ)


def test_the_longest_folder_is_the_longest_for_which_ray_starts() -> None:
    from ray._private.utils import validate_socket_filepath

    for length in range(20, 100):
        folder = "/" + "d" * (length - 1)
        socket = f"{folder}/ray/session_2026-01-01_00-00-00_000000_1234567/sockets/plasma_store"
        try:
            validate_socket_filepath(socket)
            refused = False
        except OSError:
            refused = True
        found = folder_hindrance({"RAY_TMPDIR": folder})
        assert ("too long" in found.text if found else False) == refused, length
        assert refused == (len(socket) > LONGEST_SOCKET)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"TMPDIR": "/" + "d" * 100}, "(of TMPDIR) is too long"),
        ({"RAY_TMPDIR": "/" + "é" * 30, "TMPDIR": "/tmp"}, "(of RAY_TMPDIR) is too long"),
        ({"TMPDIR": "/proc/self"}, "(of TMPDIR) cannot be written: "),
    ],
)
def test_a_folder_that_ray_cannot_use_is_told_with_the_fix(environment: dict[str, str], said: str) -> None:
    found = folder_hindrance(environment)
    assert found
    assert said in found.text
    assert "RAY_TMPDIR" in found.fix


def test_a_short_one_beside_a_long_one_counts() -> None:
    assert folder_hindrance({"RAY_TMPDIR": "/tmp", "TMPDIR": "/" + "d" * 100}) is None
    assert folder_hindrance({}) is None


@pytest.mark.parametrize("variable", ["HOME", "TMPDIR"])
def test_a_start_is_refused_before_anything_is_written(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH", "RAY_TMPDIR"):
        monkeypatch.delenv(name, raising=False)
    refuse_where_ray_cannot_start()
    monkeypatch.setenv(variable, "/proc/self")
    with pytest.raises(UserError, match=rf"^Ray cannot start: .*/proc/self.*; .*{variable}") as told:
        preflight(load_study("digits_alpha_sweep"))
    assert len(str(told.value).splitlines()) == 1
    preflight(load_study("digits_alpha_sweep"), address="auto")  # is somebody else's to start
