"""The machine's cache of decoded images: every data set in files is decoded once, and mapped by all trials."""

import hashlib
import logging
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from spreadtune.data.files import ImageFiles
from spreadtune.data.image_set import ImageSet
from spreadtune.data.root import user_cache
from spreadtune.data.stored import FORMAT, load, store
from spreadtune.errors import UserError

logger = logging.getLogger(__name__)

VARIABLE = "SPREADTUNE_CACHE"

Stamp = tuple[tuple[str, int, int, int], ...]

_opened: dict[Path, tuple[Stamp, ImageSet]] = {}
"""What this process has opened and verified, and how its files looked then."""


def cache_folder() -> Path:
    """The folder of all decoded data sets of this machine. It may be deleted while nothing runs."""
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser().absolute() if named else user_cache() / "decoded"


def decoded(files: ImageFiles, size: int | None) -> ImageSet:
    """A data set in files from the cache, into which it is decoded first where it is not there, or damaged.

    Args:
        files: where it comes from.
        size: see :meth:`ImageFiles.contents`.

    Raises:
        UserError: the files are no data set, or the cache cannot be written.
    """
    folder = cache_folder()
    entry = folder / _entry_name(files, size)
    found = _open(entry)
    if found is not None:
        return found
    with _held(entry, files.label):
        found = _open(entry)  # another process was faster
        return found if found is not None else _build(files, size, entry)


def _entry_name(files: ImageFiles, size: int | None) -> str:
    """Another one whenever a source file, the size or the format of the cache changes."""
    digest = hashlib.sha256(f"{FORMAT} {type(files).__name__} {files.label} {size}".encode())
    for line in files.identity():
        digest.update(b"\n" + os.fsencode(line))
    readable = re.sub(r"[^\w-]+", "_", files.label)
    return f"{readable}-{digest.hexdigest()[:24]}"


def _open(entry: Path) -> ImageSet | None:
    """What the entry holds, verified once by this process; None where it is absent or damaged."""
    try:
        stamp = _stamp(entry)
        if entry in _opened and _opened[entry][0] == stamp:
            return _opened[entry][1]
        image_set = load(entry)
    except (OSError, ValueError):
        return None
    _opened[entry] = stamp, image_set
    return image_set


def _stamp(entry: Path) -> Stamp:
    stats = [(path.name, path.stat()) for path in sorted(entry.iterdir())]
    return tuple((name, stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


def _build(files: ImageFiles, size: int | None, entry: Path) -> ImageSet:
    """Decodes into a partial folder, which becomes the entry when it is whole. The entry's lock is held."""
    contents = files.contents(size)
    contents.check_split()
    partial = entry.with_name(f".{entry.name}.partial-{uuid.uuid4().hex}")
    with _writing(entry.parent):
        _sweep(entry)
        if entry.exists():
            logger.warning("%s is damaged; %s is decoded anew", entry, files.label)
            _remove(entry)
        partial.mkdir()
        try:
            image_set = store(contents, partial, files.label)
            partial.rename(entry)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        _opened[entry] = _stamp(entry), image_set
    return image_set


def _remove(entry: Path) -> None:
    """Renamed first, so that no half of it is ever seen; those who have mapped its files keep them."""
    aside = entry.with_name(f".{entry.name}.partial-{uuid.uuid4().hex}")
    entry.rename(aside)
    shutil.rmtree(aside)


def _sweep(entry: Path) -> None:
    """Removes partial folders whose builders were killed: a living one holds its entry's lock."""
    for partial in entry.parent.glob(".*.partial-*"):
        name = partial.name[1:].rpartition(".partial-")[0]
        if name == entry.name:
            shutil.rmtree(partial, ignore_errors=True)
            continue
        try:
            with _lock(entry.with_name(name)).acquire(timeout=0):
                shutil.rmtree(partial, ignore_errors=True)
        except Timeout:
            continue


@contextmanager
def _held(entry: Path, label: str) -> Iterator[None]:
    """Holds the entry's lock, which the system releases when its process dies."""
    lock = _lock(entry)
    with _writing(entry.parent):
        entry.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            logger.info("waiting for another process that decodes %s", label)
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _lock(entry: Path) -> FileLock:
    return FileLock(entry.with_name(f"{entry.name}.lock"))


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(
            f"the cache of decoded images, {folder}, cannot be written ({error.strerror or error}); make room there or "
            f"name another folder with {VARIABLE}"
        ) from error
