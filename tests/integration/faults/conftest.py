import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.in_process import Session, process_as_it_was


@dataclass(frozen=True)
class Disk:
    """A file system of its own: memory, or an image whose device can be said to have failed."""

    path: Path
    image: Path | None = None

    def grow(self) -> None:
        """Give it more memory."""
        _call("mount", "-o", "remount,size=64m", self.path)

    def fail(self) -> None:
        """What the kernel does when a device makes mistakes: read-only at once, open files too."""
        _call("mount", "-o", "remount,abort", self.path)

    def repair(self) -> None:
        _call("umount", self.path)
        subprocess.run(["e2fsck", "-p", "-f", self.image], check=False, capture_output=True)  # 1: it had to mend
        _call("mount", "-o", "loop,errors=remount-ro", self.image, self.path)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """1 MB of memory."""
    yield from _mounted(tmp_path / "disk", None, "-t", "tmpfs", "-o", "size=1m", "tmpfs")


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Disk]:
    """An image of ext4."""
    image = tmp_path / "image"
    image.write_bytes(bytes(32 * 2**20))
    try:
        _call("mkfs.ext4", "-q", "-F", image)
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no ext4 can be made here: {error}")
    yield from _mounted(tmp_path / "device", image, "-o", "loop,errors=remount-ro", image)


def _mounted(path: Path, image: Path | None, *options: str | Path) -> Iterator[Disk]:
    """The test is skipped where mounting is not permitted."""
    path.mkdir()
    try:
        _call("mount", *options, path)
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system can be mounted here: {getattr(error, 'stderr', error)}")
    yield Disk(path, image)
    _call("umount", "--lazy", path)


def _call(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


@pytest.fixture
def session(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    with process_as_it_was():  # also after a test that calls the command itself
        yield Session(tmp_path, capsys, monkeypatch)
