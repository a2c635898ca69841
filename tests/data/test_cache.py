import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from spreadtune.data import cache, stored
from spreadtune.data.cache import cache_folder, decoded
from spreadtune.data.files import Contents, ImageFiles, Pictures, UnreadableImageError
from spreadtune.data.hierarchy import Hierarchy
from spreadtune.data.image_folder import ImageFolder
from spreadtune.data.reading_progress import listening
from spreadtune.errors import UserError
from tests.data.data_roots import write_folder, write_hierarchy

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    """An empty cache, of which this process has opened nothing."""
    monkeypatch.setenv("SPREADTUNE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "_opened", {})
    return tmp_path / "cache"


@pytest.fixture
def photos(tmp_path) -> Path:
    return write_folder(tmp_path / "photos", {"cat": 20, "dog": 20})


class Counted(ImageFiles):
    """Forty images in memory, and how often they were decoded."""

    label = "counted"

    def __init__(self, broken: int | None = None) -> None:
        self.broken, self.times = broken, 0

    def identity(self):
        return ["one"]

    def contents(self, size):
        self.times += 1
        images = np.random.default_rng(0).integers(0, 256, (40, 3, 5, 4), dtype=np.uint8)

        def image(position):
            if position == self.broken:
                raise UnreadableImageError("number 7 (broken)")
            return images[position]

        hierarchy = Hierarchy(("a", "b"), tuple("wxyz"), np.array([0, 1, 0, 1]))
        train = Pictures(hierarchy.labels(np.arange(40) % 4), (3, 5, 4), image)
        test = Pictures(hierarchy.labels(np.arange(4)), (3, 5, 4), lambda position: images[position])
        return Contents(hierarchy, {"train": train, "test": test}, (9, 1))


def entries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())


def test_what_comes_from_the_cache_is_what_went_into_it(folder):
    first = decoded(Counted(), None)
    cache._opened.clear()
    files = Counted()
    again = decoded(files, None)
    assert files.times == 0
    assert again.fingerprint == first.fingerprint
    train = files.contents(None).parts["train"]
    np.testing.assert_array_equal(again.images, [train.image(position) for position in range(40)])
    np.testing.assert_array_equal(again.subclasses, train.labels.subclasses)
    assert list(again.class_names) == ["a", "b"]
    assert list(again.subclass_names) == list("wxyz")
    assert list(again.shares) == [9, 1]
    assert again.validation_images is None


def test_images_are_mapped_and_cannot_be_written(folder):
    decoded(Counted(), None)
    cache._opened.clear()
    images = decoded(Counted(), None).images
    assert isinstance(images.base, np.memmap)
    assert not images.flags.writeable


def test_one_process_opens_and_verifies_an_entry_once(monkeypatch):
    first = decoded(Counted(), None)
    monkeypatch.setattr(cache, "load", None)
    assert decoded(Counted(), None) is first


def test_the_folder_is_where_it_is_asked_for(monkeypatch, tmp_path, folder):
    assert cache_folder() == folder
    monkeypatch.delenv("SPREADTUNE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    assert cache_folder() == tmp_path / "x" / "spreadtune" / "decoded"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder() == tmp_path / "home" / ".cache" / "spreadtune" / "decoded"


def edit_a_file(photos: Path) -> None:
    file = photos / "train" / "cat" / "003.png"
    shutil.copy(photos / "train" / "cat" / "004.png", file)


def touch_a_file(photos: Path) -> None:
    os.utime(photos / "train" / "cat" / "003.png", (0, 0))


def rename_a_file(photos: Path) -> None:
    (photos / "train" / "cat" / "003.png").rename(photos / "train" / "cat" / "a.png")


def remove_a_file(photos: Path) -> None:
    (photos / "train" / "cat" / "003.png").unlink()


def add_a_part(photos: Path) -> None:
    write_folder(photos, {"cat": 2, "dog": 2}, part="val")


def add_a_hierarchy(photos: Path) -> None:
    write_folder(photos, {"car": 20})
    write_hierarchy(photos, {"cat": "animal", "dog": "animal", "car": "thing"})


@pytest.mark.parametrize(
    "change", [edit_a_file, touch_a_file, rename_a_file, remove_a_file, add_a_part, add_a_hierarchy]
)
def test_a_folder_that_changed_is_decoded_anew(photos, folder, change):
    decoded(ImageFolder(photos), None)
    decoded(ImageFolder(photos), None)
    assert len(entries(folder)) == 1
    change(photos)
    decoded(ImageFolder(photos), None)
    assert len(entries(folder)) == 2


def test_every_size_and_folder_has_its_own_entry(photos, folder, tmp_path):
    shutil.copytree(photos, tmp_path / "copy" / "photos")
    decoded(ImageFolder(photos), None)
    decoded(ImageFolder(photos), 8)
    decoded(ImageFolder(tmp_path / "copy" / "photos"), None)
    assert len(entries(folder)) == 3
    assert all(path.name.startswith("photos-") for path in entries(folder))


def test_an_entry_from_before_accents_were_composed_is_another_one(tmp_path):
    for form in ("NFC", "NFD"):
        write_folder(tmp_path / form, {unicodedata.normalize(form, "caf\u00e9"): 10, "tea": 10})
    assert [*ImageFolder(tmp_path / "NFC").identity()][-1] == "train"
    assert [*ImageFolder(tmp_path / "NFD").identity()][-2:] == ["train", "caf\u00e9"]


def flip_a_bit(entry: Path) -> None:
    with (entry / "images.npy").open("r+b") as stream:
        stream.seek(-1, os.SEEK_END)
        byte = stream.read(1)
        stream.seek(-1, os.SEEK_END)
        stream.write(bytes([byte[0] ^ 1]))


def truncate(entry: Path) -> None:
    os.truncate(entry / "images.npy", 500)


def lose_a_file(entry: Path) -> None:
    (entry / "test_images.npy").unlink()


def garble_the_description(entry: Path) -> None:
    (entry / stored.DESCRIPTION).write_text("{")


def rename_a_class(entry: Path) -> None:
    file = entry / stored.DESCRIPTION
    described = json.loads(file.read_text())
    file.write_text(json.dumps(described | {"class_names": ["a", "c"]}))


def lose_the_description(entry: Path) -> None:
    (entry / stored.DESCRIPTION).unlink()


@pytest.mark.parametrize(
    "damage", [flip_a_bit, truncate, lose_a_file, garble_the_description, rename_a_class, lose_the_description]
)
@pytest.mark.parametrize("same_process", [False, True])
def test_a_damaged_entry_is_decoded_anew_with_a_warning(folder, caplog, damage, same_process):
    good = decoded(Counted(), None)
    fingerprint = good.fingerprint
    [entry] = entries(folder)
    damage(entry)
    if not same_process:
        cache._opened.clear()
    files = Counted()
    again = decoded(files, None)
    assert files.times == 1
    assert again.fingerprint == fingerprint
    assert [record.message for record in caplog.records if record.levelno == logging.WARNING] == [
        f"{entry} is damaged; counted is decoded anew"
    ]
    assert entries(folder) == [entry]


def test_broken_images_are_told_and_leave_nothing(folder):
    with pytest.raises(UserError, match=r"1 image cannot be read: number 7 \(broken\); repair"):
        decoded(Counted(broken=7), None)
    assert entries(folder) == []


def test_threads_decode_once():
    files = Counted()
    threads = [threading.Thread(target=decoded, args=(files, None)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert files.times == 1


DECODE = """
import signal, sys, time, logging
from pathlib import Path
from spreadtune.data import image_folder, picture_files
from spreadtune.data.cache import decoded
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it starts beside it ignore Ctrl-C
read = picture_files.read_image
def slowly(*arguments):
    time.sleep({delay})
    return read(*arguments)
picture_files.read_image = slowly
logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
print("fingerprint", decoded(image_folder.ImageFolder(Path({root!r})), None).fingerprint, flush=True)
"""


def start(photos: Path, delay: float) -> "subprocess.Popen[str]":
    code = DECODE.format(delay=delay, root=str(photos))
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_of_two_processes_one_decodes_and_the_other_waits(photos, folder):
    outputs = [process.communicate()[0] for process in [start(photos, 0.02), start(photos, 0.02)]]
    assert sum("decoding photos: 40 of 40" in output for output in outputs) == 1
    assert len({line for output in outputs for line in output.splitlines() if line.startswith("fingerprint")}) == 1
    assert len(entries(folder)) == 1


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGINT])
def test_a_decoder_that_is_killed_leaves_nothing_that_is_taken_for_a_cache(photos, folder, signal_number):
    process = start(photos, 0.5)
    end = time.monotonic() + 60
    while not (folder.exists() and list(folder.glob(".*.partial-*/images.npy"))):
        assert time.monotonic() < end
        time.sleep(0.01)
    process.send_signal(signal_number)
    process.wait(20)
    assert process.returncode != 0
    left = entries(folder)
    assert all(".partial-" in path.name for path in left)
    assert bool(left) == (signal_number == signal.SIGKILL)
    image_set = decoded(ImageFolder(photos), None)
    assert image_set.images.any(axis=(1, 2, 3)).all()
    assert [".partial-" in path.name for path in entries(folder)] == [False]


def test_the_next_builder_sweeps_what_other_entries_left_unless_they_are_being_made(photos, folder):
    folder.mkdir()
    stale, living = (folder / f".{name}.partial-1" for name in ("stale-1", "living-1"))
    for partial in (stale, living):
        partial.mkdir()
        (partial / "images.npy").write_bytes(b"half")
    with cache._lock(folder / "living-1"):
        decoded(ImageFolder(photos), None)
    assert not stale.exists()
    assert living.exists()


def test_a_cache_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SPREADTUNE_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(UserError) as error:
        decoded(Counted(), None)
    assert str(error.value) == (
        f"the cache of decoded images, {tmp_path}/file/cache, cannot be written (Not a directory); make room there or "
        "name another folder with SPREADTUNE_CACHE"
    )


def test_a_full_disk_is_told_before_an_image_is_decoded(monkeypatch, folder):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(UserError, match=r"cannot be written \(No space left on device\); make room .*SPREADTUNE_CACHE"):
        decoded(Counted(), None)
    assert entries(folder) == []


def test_space_is_taken_before_images_are_written(tmp_path):
    stored._allocated(tmp_path / "images.npy", (100, 3, 50, 50))
    assert (tmp_path / "images.npy").stat().st_blocks * 512 >= 750_000


def test_progress_is_told_from_nothing_to_everything(photos):
    heard: list[tuple[str, int, int]] = []
    with listening(lambda *progress: heard.append(progress)):
        decoded(ImageFolder(photos), None)
        decoded(ImageFolder(photos), None)
    assert heard[0] == ("looking at photos", 0, 40)
    decoding = [(done, total) for description, done, total in heard if description == "decoding photos"]
    assert (decoding[0], decoding[-1]) == ((0, 40), (40, 40))
    assert decoding == sorted(decoding)
