import csv
import os
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spreadtune.data import Dataset, load_dataset
from spreadtune.errors import UserError
from spreadtune.spec.data import DataConfig
from tests.data.data_roots import real_root, write_folder, write_hierarchy

THREE = {"car": 20, "cat": 20, "dog": 20}
CLASSES = {"cat": "animal", "dog": "animal", "car": "thing"}


def load(root, **values) -> Dataset:
    dataset = {"name": "image_folder", "root": str(root)}
    return load_dataset(DataConfig(dataset=dataset, augmentation="none", **values)).unsealed("confirm")


def sizes(dataset: Dataset) -> list[int]:
    return [len(dataset.split(name)) for name in ("train", "validation", "test")]


@pytest.fixture
def photos(tmp_path) -> Path:
    return write_folder(tmp_path / "photos", THREE)


def told(root, **values) -> str:
    with pytest.raises(UserError) as error:
        load(root, **values)
    text = str(error.value)
    assert len(text.splitlines()) == 1
    return text


def test_images_lie_in_the_order_of_their_names_with_their_labels(photos):
    train = load(photos).split("train")
    files = sorted((photos / "train").rglob("*.png"))
    for position in (0, 25, 47):
        with Image.open(files[train.indices[position]]) as image:
            np.testing.assert_array_equal(train.images[position], np.asarray(image).transpose(2, 0, 1))
        assert sorted(THREE)[train.labels.subclasses[position]] == files[train.indices[position]].parent.name


def test_without_a_hierarchy_class_and_subclass_are_one(photos):
    dataset = load(photos)
    assert dataset.class_names == dataset.subclass_names == ("car", "cat", "dog")
    assert not dataset.has_subclasses


def test_the_hierarchy_gives_the_classes(photos):
    write_hierarchy(photos, CLASSES)
    dataset = load(photos)
    assert dataset.class_names == ("animal", "thing")
    assert dataset.has_subclasses
    train = dataset.split("train")
    assert {(train.labels.subclasses[i], train.labels.classes[i]) for i in range(len(train))} == {
        (0, 1),
        (1, 0),
        (2, 0),
    }


@pytest.mark.parametrize(
    ("brought", "expected"),
    [
        ((), [48, 6, 6]),
        (("val",), [54, 9, 6]),
        (("test",), [54, 6, 9]),
        (("val", "test"), [60, 9, 9]),
    ],
)
def test_a_tenth_of_train_stands_for_each_part_that_is_missing(photos, brought, expected):
    for part in brought:
        write_folder(photos, dict.fromkeys(THREE, 3), part=part)
    dataset = load(photos)
    assert sizes(dataset) == expected
    assert np.bincount(dataset.split("validation").labels.subclasses).tolist() == [expected[1] // 3] * 3


def test_images_may_lie_deeper_and_other_files_beside_them(photos):
    deep = photos / "train" / "cat" / "a" / "b"
    deep.mkdir(parents=True)
    shutil.move(photos / "train" / "cat" / "000.png", deep / "000.PNG")
    (photos / "train" / "cat" / "notes.txt").write_text("none of an image")
    (photos / "train" / "cat" / ".hidden.png").write_text("nor this")
    (photos / "train" / ".cache").mkdir()
    os.symlink(photos / "train" / "cat", deep / "circle")
    assert sum(sizes(load(photos))) == 60


def test_folders_may_be_links(photos, tmp_path):
    linked = tmp_path / "linked"
    linked.mkdir()
    os.symlink(photos / "train", linked / "train")
    assert load(linked).fingerprint == load(photos).fingerprint


@pytest.mark.parametrize(("modes", "channels"), [(("L", "L"), 1), (("L", "1"), 1), (("L", "RGB"), 3), (("P", "L"), 3)])
def test_one_color_image_makes_all_of_them_color(tmp_path, modes, channels):
    for name, mode in zip(("a", "b"), modes, strict=True):
        write_folder(tmp_path, {name: 10}, mode=mode)
    assert load(tmp_path).image_shape == (channels, 12, 12)


def test_formats_may_differ(tmp_path):
    for suffix in (".png", ".jpg", ".bmp", ".webp", ".tif", ".ppm"):
        write_folder(tmp_path, {f"of {suffix[1:]}": 10}, suffix=suffix)
    assert sum(sizes(load(tmp_path))) == 60


def test_one_size_is_made_of_several(tmp_path):
    write_folder(tmp_path, {"wide": 10}, size=(20, 10))
    write_folder(tmp_path, {"high": 10}, size=(9, 31))
    assert load(tmp_path, size=8).image_shape == (3, 8, 8)
    text = told(tmp_path)
    assert text.startswith("data.size: images differ in size (")
    assert "is 9x31" in text
    assert "20x10); give data.size, for example 9" in text


def test_images_turned_by_exif_have_the_size_they_are_seen_in(tmp_path):
    write_folder(tmp_path, {"upright": 10}, size=(10, 20), suffix=".jpg")
    write_folder(tmp_path, {"turned": 10}, size=(20, 10), suffix=".jpg")
    exif = Image.Exif()
    exif[0x0112] = 6
    for file in (tmp_path / "train" / "turned").iterdir():
        Image.open(file).save(file, exif=exif)
    assert load(tmp_path).image_shape == (3, 20, 10)


def test_a_relative_root_is_below_the_data_root_or_the_working_directory(tmp_path, monkeypatch):
    for place, subclass in (("here", "x"), ("data", "y")):
        write_folder(tmp_path / place / "photos", {subclass: 10, "z": 10})
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("SPREADTUNE_DATA", str(tmp_path / "nothing"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert load("photos").class_names == ("x", "z")
    monkeypatch.setenv("SPREADTUNE_DATA", str(tmp_path / "data"))
    assert load("photos").class_names == ("y", "z")
    text = told("paintings")
    places = (tmp_path / "data", tmp_path / "home" / "spreadtune", tmp_path / "here")
    looked = ", ".join(str(place / "paintings") for place in places)
    assert text == f"data.dataset.root: no folder 'paintings' (looked for {looked})"


def test_train_must_be_there(tmp_path):
    write_folder(tmp_path, THREE, part="test")
    assert told(tmp_path) == (
        f"data.dataset.root: {tmp_path} has no folder train; put images into {tmp_path}/train/SUBCLASS/"
    )


@pytest.mark.parametrize("part", ["train", "val", "test"])
def test_every_part_has_subclass_folders(tmp_path, part):
    if part != "train":
        write_folder(tmp_path, THREE)
    (tmp_path / part).mkdir()
    Image.new("L", (4, 4)).save(tmp_path / part / "loose.png")
    assert told(tmp_path).startswith(f"data.dataset: {tmp_path / part} has no subclass folders; put images into")


@pytest.mark.parametrize("part", ["train", "val"])
def test_no_subclass_folder_is_empty(photos, part):
    (photos / part / "cow").mkdir(parents=True)
    (photos / part / "cow" / "readme.txt").write_text("")
    assert f"no image that Pillow reads below {photos / part}/ in cow; add some, or remove it" in told(photos)


def test_validation_and_test_know_no_other_subclasses(photos):
    write_folder(photos, {"cat": 3, "cow": 3}, part="test")
    assert f"{photos / 'test'} has subclasses that train has not: cow" in told(photos)


def test_one_class_is_not_enough(photos):
    write_hierarchy(photos, dict.fromkeys(THREE, "thing"))
    assert told(photos) == f"data.dataset: {photos} has only one class, 'thing'; a study needs two or more"
    shutil.rmtree(photos / "train" / "cat")
    shutil.rmtree(photos / "train" / "dog")
    (photos / "hierarchy.csv").unlink()
    assert "has only one class, 'car'" in told(photos)


def test_what_is_wrong_in_the_hierarchy_is_told(photos):
    write_hierarchy(photos, {"cat": "animal", "car": "thing"})
    assert told(photos) == f"{photos}/hierarchy.csv: no class for dog; add a line SUBCLASS,CLASS for each"


def test_all_broken_images_are_named_at_once(photos):
    broken = [photos / "train" / "cat" / f"00{number}.png" for number in (3, 7)]
    for file in broken:
        file.write_bytes(b"")
    text = told(photos)
    assert text.startswith("data.dataset: 2 images cannot be read: ")
    assert all(str(file) in text for file in broken)
    assert text.endswith("; repair or remove them")
    for number in range(10, 20):
        (photos / "train" / "dog" / f"0{number}.png").write_bytes(b"x")
    assert "12 images cannot be read" in told(photos)
    assert " and 7 more; repair" in told(photos)


def test_links_that_lead_nowhere_are_named(photos):
    os.symlink(photos / "nowhere.png", photos / "train" / "cat" / "link.png")
    assert f"1 image cannot be read: {photos}/train/cat/link.png ([Errno 2] No such file or directory" in told(photos)


def test_folders_that_cannot_be_listed_are_told(photos, monkeypatch):
    scandir = os.scandir

    def forbidden(path):
        if str(path).endswith("dog"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", forbidden)
    assert told(photos) == f"data.dataset: {photos}/train/dog cannot be listed: Permission denied"


def test_truncated_images_are_named_and_leave_no_cache(photos, decoded_images):
    file = photos / "train" / "dog" / "004.png"
    file.write_bytes(file.read_bytes()[:-60])
    before = set(decoded_images.iterdir())
    assert f"1 image cannot be read: {file} (" in told(photos)
    assert {path.suffix for path in set(decoded_images.iterdir()) - before} <= {".lock"}


@pytest.mark.slow
def test_the_subset_of_tiny_imagenet(tmp_path):
    subset = real_root("tiny-imagenet-small") / "tiny-imagenet-small"
    with (subset / "coarse_breeds.csv").open(newline="") as stream:
        class_of = {row["wnid"]: row["coarse_level2"] for row in csv.DictReader(stream)}
    os.symlink(subset / "train", tmp_path / "train")
    present = {path.name for path in (subset / "train").iterdir()}
    write_hierarchy(tmp_path, {wnid: coarse for wnid, coarse in class_of.items() if wnid in present})
    dataset = load(tmp_path)
    assert dataset.image_shape == (3, 64, 64)
    assert (dataset.class_count, dataset.subclass_count) == (len(set(class_of.values())), 80)
    assert sizes(dataset) == [6400, 800, 800]
    small = load(tmp_path, size=32)
    assert small.image_shape == (3, 32, 32)
    whole, halved = dataset.split("train").images[:50], small.split("train").images[:50]
    means = whole.reshape(50, 3, 32, 2, 32, 2).mean((3, 5))
    assert np.abs(means - halved).mean() < 8


@pytest.mark.parametrize("part", ["val", "test"])
def test_validation_and_test_hold_every_subclass(photos, part):
    """Accuracies on the others alone would look like those on all."""
    write_folder(photos, {"cat": 3}, part=part)
    assert f"{photos / part} has no images of " in told(photos)
    assert f"add some, or remove the folder {part}" in told(photos)


OTHER_NAMES = {"validation": "val", "valid": "val", "dev": "val", "Val": "val", "eval": "val", "testing": "test"}


@pytest.mark.parametrize(("name", "right"), OTHER_NAMES.items())
def test_a_part_under_another_name_is_refused_with_the_right_one(photos, name, right):
    write_folder(photos, dict.fromkeys(THREE, 3), part=name)
    assert told(photos) == (
        f"data.dataset: {photos} has {name}, but only train, val and test are read; rename {name} to {right}, or move "
        "it elsewhere"
    )
    (photos / name).rename(photos / right)
    assert sizes(load(photos))[["train", "val", "test"].index(right)] == 9


def test_several_such_names_are_told_at_once_beside_a_right_one_too(photos):
    for part in ("val", "validation", "TEST"):
        write_folder(photos, dict.fromkeys(THREE, 3), part=part)
    assert "has TEST, validation, but only" in told(photos)
    assert "rename TEST to test, validation to val, or move them elsewhere" in told(photos)


def test_training_images_under_another_name_are_pointed_to(tmp_path):
    write_folder(tmp_path, THREE, part="Training")
    assert "rename Training to train" in told(tmp_path)


def test_another_name_may_be_a_link_to_the_right_one_and_other_folders_are_nobodys_business(photos):
    write_folder(photos, dict.fromkeys(THREE, 3), part="val")
    os.symlink(photos / "val", photos / "validation")
    (photos / "originals").mkdir()
    (photos / ".dev").mkdir()
    assert sizes(load(photos)) == [54, 9, 6]


@pytest.mark.parametrize("make", [lambda path: os.symlink("nowhere", path), lambda path: path.write_text("")])
def test_a_part_that_is_no_folder_is_refused(photos, make):
    make(photos / "val")
    assert told(photos).startswith(f"data.dataset: {photos}/val is no folder; ")


@pytest.mark.parametrize("part", ["train", "val"])
def test_images_beside_the_subclass_folders_are_named(photos, part):
    if part == "val":
        write_folder(photos, dict.fromkeys(THREE, 3), part=part)
    for number in range(7):
        Image.new("RGB", (12, 12)).save(photos / part / f"{number}.png")
    (photos / part / "notes.txt").write_text("no image")
    assert told(photos) == (
        f"data.dataset: {photos / part} has images that lie in no subclass folder: 0.png, 1.png, 2.png, 3.png, 4.png "
        f"and 2 more; move each into its {photos / part}/SUBCLASS/, or remove them"
    )


def test_what_a_mac_adds_is_passed_over_at_any_depth(photos):
    expected = load(photos).fingerprint
    cat = photos / "train" / "cat"
    (cat / "more").mkdir()
    for place in (photos, photos / "train", cat, cat / "more"):
        (place / "__MACOSX" / "cat").mkdir(parents=True)
        (place / ".Trashes").mkdir()
        for file in (
            place / "__MACOSX" / "cat" / "000.png",
            place / "__MACOSX" / "._000.png",
            place / "._000.png",
            place / ".DS_Store",
            place / ".Trashes" / "000.png",
        ):
            shutil.copy(cat / "000.png", file)
    assert load(photos).fingerprint == expected


ACCENTED = ["caf\u00e9", "\u00fcber", "\ud55c\uae00", "\u00c5ngstr\u00f6m"]


def written(name: str, form: str) -> str:
    return unicodedata.normalize(form, name)


@pytest.mark.parametrize("folders", ["NFC", "NFD"])
@pytest.mark.parametrize("table", ["NFC", "NFD"])
def test_names_are_matched_however_their_accents_are_written(tmp_path, folders, table):
    names = [*ACCENTED, "tea"]
    for part, form in (("train", folders), ("val", "NFC"), ("test", "NFD")):
        write_folder(tmp_path, {written(name, form): 10 for name in names}, part=part)
    write_hierarchy(tmp_path, {written(name, table): written("\u00e9" if name < "u" else "z", table) for name in names})
    dataset = load(tmp_path)
    assert dataset.subclass_names == tuple(sorted(names))
    assert dataset.class_names == ("z", "\u00e9")
    assert sizes(dataset) == [50, 50, 50]


def test_two_folders_that_look_the_same_are_refused(photos):
    for form in ("NFC", "NFD"):
        write_folder(photos, {written("caf\u00e9", form): 10})
    assert told(photos) == (
        f"data.dataset: {photos}/train has two folders whose names look the same, 'cafe\\u0301' and 'caf\\xe9'; put "
        "the images of one into the other"
    )


@pytest.mark.parametrize(("on_disk", "asked"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_the_root_is_found_however_its_accents_are_written(tmp_path, monkeypatch, on_disk, asked):
    path = Path("d\u00e9p\u00f4t", "\u00e9t\u00e9")
    write_folder(tmp_path / written(str(path), on_disk), THREE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SPREADTUNE_DATA", raising=False)
    assert sum(sizes(load(written(str(path), asked)))) == 60
    assert sum(sizes(load(written(str(tmp_path / path), asked)))) == 60


def test_the_order_of_subclasses_does_not_depend_on_how_accents_are_written(tmp_path):
    names = ["cafz", "caf\u00e9", "cafd"]
    for form in ("NFC", "NFD"):
        write_folder(tmp_path / form, {written(name, form): 10 for name in names})
    fingerprints = {load(tmp_path / form).fingerprint for form in ("NFC", "NFD")}
    assert len(fingerprints) == 1
