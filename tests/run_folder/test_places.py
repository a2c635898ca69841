"""Folders that are to be written."""

from pathlib import Path

from spreadtune.run_folder.places import nearest, why_not_writable


def test_the_nearest_place_that_is_there(tmp_path: Path) -> None:
    assert nearest(tmp_path / "a" / "b") == tmp_path
    assert nearest(tmp_path) == tmp_path


def test_where_files_can_be_made_is_tried_and_leaves_nothing(tmp_path: Path) -> None:
    before = tmp_path.stat().st_mtime_ns
    assert why_not_writable(tmp_path) is None
    assert why_not_writable(tmp_path / "absent" / "too") is None
    assert list(tmp_path.iterdir()) == []
    assert tmp_path.stat().st_mtime_ns == before
    (tmp_path / "file").touch()
    assert why_not_writable(tmp_path / "file" / "below") == f"{tmp_path / 'file'} is a file"
    assert why_not_writable(Path("/proc/self")), "no permission is missing there, for root"
