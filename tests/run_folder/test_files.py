import json
import math
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spreadtune.run_folder import write_atomic, write_json


@pytest.mark.parametrize(("content", "read"), [("α ≤ 1\n", "α ≤ 1\n".encode()), (b"\x00\xff", b"\x00\xff")])
def test_text_is_utf8_and_bytes_are_bytes(content: str | bytes, read: bytes, tmp_path: Path) -> None:
    write_atomic(tmp_path / "new" / "folder" / "file", content)
    assert (tmp_path / "new" / "folder" / "file").read_bytes() == read


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()], ids=["error", "interrupt"])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    step: str, error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_atomic(tmp_path / "file", "old")

    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(os, step, fail)
        with pytest.raises(type(error)):
            write_atomic(tmp_path / "file", "new content")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "old"


def test_a_reader_never_sees_a_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the rename the file has its old content, after it the new one."""
    path, seen = tmp_path / "file", []
    write_atomic(path, "old")
    rename = os.replace

    def watched(source: Path, target: Path) -> None:
        seen.append(path.read_text())
        rename(source, target)
        seen.append(path.read_text())

    monkeypatch.setattr(os, "replace", watched)
    write_atomic(path, "new")
    assert seen == ["old", "new"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=8,
)


def finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


@given(values)
def test_json_is_strict_and_reads_back(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "value.json"
    write_json(path, value)
    assert json.loads(path.read_bytes(), parse_constant=refuse) == finite(value)
