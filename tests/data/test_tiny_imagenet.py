"""Tiny ImageNet in the layout of its archive."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spreadtune.data import Dataset, load_dataset
from spreadtune.errors import UserError
from spreadtune.spec.data import DataConfig
from tests.data.data_roots import TINY, real_root, write_tiny_imagenet


def load(root: str = "tiny-imagenet-200", superclasses: str | None = None, **values: int) -> Dataset:
    part = {"name": "tiny_imagenet", "root": root, "superclasses": superclasses}
    return load_dataset(DataConfig(dataset=part, augmentation="none", **values)).unsealed("confirm")


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("SPREADTUNE_DATA", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    return write_tiny_imagenet(tmp_path / "tiny-imagenet-200")


def told(**values) -> str:
    with pytest.raises(UserError) as error:
        load(**values)
    assert len(str(error.value).splitlines()) == 1
    return str(error.value)


def test_the_parts(root):
    dataset = load()
    assert [len(dataset.split(part)) for part in ("train", "validation", "test")] == [90, 10, 15]
    assert dataset.image_shape == (3, 64, 64)
    for part, count in (("train", 18), ("validation", 2), ("test", 3)):
        assert np.bincount(dataset.split(part).labels.subclasses).tolist() == [count] * 5


def test_labels_in_the_order_of_their_ids_with_the_papers_names_and_superclasses(root):
    dataset = load()
    assert dataset.subclass_names == ("Labrador retriever", "German shepherd", "tabby", "Egyptian cat", "school bus")
    pairs = {(int(fine), int(coarse)) for fine, coarse in zip(*_levels(dataset), strict=True)}
    named = {dataset.subclass_names[fine]: dataset.class_names[coarse] for fine, coarse in pairs}
    assert named["tabby"] == named["Egyptian cat"]
    assert named["German shepherd"] == named["Labrador retriever"] != named["school bus"]
    assert list(map(int, dataset.class_names)) == sorted(map(int, dataset.class_names))


def _levels(dataset: Dataset):
    labels = dataset.split("train").labels
    return labels.subclasses, labels.classes


def test_validation_images_have_the_labels_of_their_annotations(root):
    test = load().split("test")
    wnids = sorted(TINY)
    for position, line in enumerate((root / "val" / "val_annotations.txt").read_text().splitlines()):
        name, wnid, *_ = line.split("\t")
        assert wnids[test.labels.subclasses[position]] == wnid
        with Image.open(root / "val" / "images" / name) as image:
            np.testing.assert_array_equal(test.images[position], np.asarray(image).transpose(2, 0, 1))


def test_training_images_have_the_labels_of_their_folders(root):
    train = load().split("train")
    paths = [path for wnid in sorted(TINY) for path in sorted((root / "train" / wnid / "images").iterdir())]
    for position in (0, 44, 89):
        path = paths[train.indices[position]]
        with Image.open(path) as image:
            np.testing.assert_array_equal(train.images[position], np.asarray(image).transpose(2, 0, 1))
        assert sorted(TINY)[train.labels.subclasses[position]] == path.parent.parent.name


def test_nothing_is_moved_and_the_unlabelled_test_set_may_be_absent(root):
    before = sorted(root.rglob("*"))
    dataset = load()
    assert sorted(root.rglob("*")) == before
    shutil.rmtree(root / "test")
    assert load().fingerprint == dataset.fingerprint


def test_images_are_decoded_at_the_asked_size(root):
    assert load(size=16).image_shape == (3, 16, 16)


def test_grey_files_become_color(root):
    file = root / "val" / "images" / "val_0.JPEG"
    Image.new("L", (64, 64), 7).save(file)
    assert np.unique(load().split("test").images[0]).tolist() == [7]


def table(root: Path, text: str) -> str:
    (root.parent / "mine.csv").write_text(text)
    return "mine.csv"


MINE = "".join(f"{'pet' if wnid[1] == '0' and wnid != 'n04146614' else 'bus'},x,{wnid}\n" for wnid in TINY)


def test_superclasses_of_one_s_own(root):
    dataset = load(superclasses=table(root, "superclass,note,wnid\n" + MINE))
    assert dataset.class_names == ("bus", "pet")
    assert dataset.counts.classes("test").tolist() == [3, 12]
    numbers = "".join(f"{wnid},{10 if wnid == 'n04146614' else 9}\n" for wnid in TINY)
    assert load(superclasses=table(root, "wnid,superclass\n" + numbers)).class_names == ("9", "10")


def test_another_table_is_another_entry_of_the_cache(root):
    one = load()
    assert load(superclasses=table(root, "superclass,note,wnid\n" + MINE)).class_names != one.class_names
    assert load().class_names == one.class_names


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "mine.csv: line 1 is ''; it has to have the columns wnid and superclass"),
        ("id,superclass\n", "mine.csv: line 1 is 'id,superclass'; it has to have the columns wnid and superclass"),
        ("superclass,note,wnid\n" + MINE.splitlines()[0], "mine.csv: no superclass for n0"),
        ("superclass,note,wnid\n" + MINE + "pet,x,n01443537\n", "mine.csv: the data set has no class n01443537; "),
        ("superclass,note,wnid\n" + MINE + MINE, "mine.csv: line 7: n02124075 has a line before; remove one"),
        ("superclass,note,wnid\npet,n02124075\n", "mine.csv: line 2: 'pet,n02124075' is not superclass,note,wnid"),
        ("superclass,note,wnid\n,x,n02124075\n", "mine.csv: line 2: ',x,n02124075' is not superclass,note,wnid"),
        (
            "superclass,note,wnid\n" + MINE.replace("bus", "pet"),
            "data.dataset.superclasses: only one, 'pet'; a study needs two or more",
        ),
    ],
)
def test_a_table_that_does_not_fit(root, text, message):
    assert message in told(superclasses=table(root, text))


def test_a_table_that_is_nowhere(root):
    assert told(superclasses="mine.csv").startswith("data.dataset.superclasses: no file 'mine.csv' (looked for ")


def test_a_class_that_the_papers_table_has_not(root):
    shutil.rmtree(root)
    write_tiny_imagenet(root, [*TINY, "n99999999"])
    assert "no superclass for n99999999; add a line" in told()


def _append(file: str, line: str) -> Callable[[Path], object]:
    return lambda root: (root / file).write_text((root / file).read_text() + line)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda root: (root / "wnids.txt").unlink(), "wnids.txt cannot be read (No such file or directory); unpack"),
        (lambda root: (root / "wnids.txt").write_text("\n"), "wnids.txt names no class; unpack"),
        (_append("wnids.txt", "n02124075\n"), "wnids.txt names n02124075 twice"),
        (_append("wnids.txt", "n01443537\n"), "train has no n01443537, which wnids.txt names; unpack"),
        (lambda root: (root / "train" / "cats").mkdir(), "train has cats, which wnids.txt does not name; remove"),
        (lambda root: shutil.rmtree(root / "train" / TINY[0] / "images"), "images cannot be listed (No such file"),
        (
            lambda root: [path.unlink() for path in (root / "train" / TINY[0] / "images").iterdir()],
            f"train has no image NAME.JPEG in the images of {TINY[0]}; unpack",
        ),
        (lambda root: (root / "val" / "val_annotations.txt").unlink(), "val_annotations.txt cannot be read (No such"),
        (_append("val/val_annotations.txt", "val_9.JPEG n02124075\n"), "line 16: 'val_9.JPEG n02124075' is not FILE, "),
        (
            _append("val/val_annotations.txt", "val_99.JPEG\tn01443537\n"),
            "is not FILE, tab, WNID with a class of wnids",
        ),
        (_append("val/val_annotations.txt", "val_0.JPEG\tn02124075\t0\n"), "line 16: val_0.JPEG has a line before"),
        (lambda root: (root / "val" / "images" / "val_3.JPEG").unlink(), "images has no val_3.JPEG, which val_anno"),
        (
            lambda root: shutil.copy(root / "val" / "images" / "val_3.JPEG", root / "val" / "images" / "more.JPEG"),
            "val_annotations.txt has no line for more.JPEG; unpack",
        ),
        (lambda root: (root / "val" / "images").rename(root / "val" / TINY[0]), "val/images cannot be listed (No such"),
        (lambda root: (root / "val" / "images" / "val_3.JPEG").write_bytes(b"x"), "1 image cannot be read: "),
        (
            lambda root: Image.new("RGB", (32, 64)).save(root / "val" / "images" / "val_3.JPEG"),
            "val_3.JPEG (it is 32x64, not 64x64)",
        ),
    ],
)
def test_what_is_not_the_archives_layout(root, spoil, message):
    spoil(root)
    assert message in told()


def test_what_a_mac_adds_is_passed_over(root):
    (root / "val" / "images" / "._val_0.JPEG").write_bytes(b"x")
    (root / "train" / TINY[0] / "images" / "._a.JPEG").write_bytes(b"x")
    (root / "train" / ".DS_Store").write_bytes(b"x")
    assert len(load().split("test")) == 15


def test_an_edited_annotation_is_seen(root):
    one = load().fingerprint
    file = root / "val" / "val_annotations.txt"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[::-1]) + "\n")
    assert load().fingerprint != one


def test_one_that_is_nowhere_is_told_with_its_archive(root):
    shutil.rmtree(root)
    text = told()
    assert text.startswith(f"data.dataset: tiny_imagenet is not there (looked for {root}, ")
    assert f"unpack http://cs231n.stanford.edu/tiny-imagenet-200.zip into {root.parent}, or name the folder" in text


def test_the_real_subset():
    folder = real_root("tiny-imagenet-small") / "tiny-imagenet-small"
    dataset = load("tiny-imagenet-small")
    assert [len(dataset.split(part)) for part in ("train", "validation", "test")] == [7_200, 800, 4_000]
    assert (dataset.image_shape, dataset.subclass_count) == ((3, 64, 64), 80)
    test, line = dataset.split("test"), (folder / "val" / "val_annotations.txt").read_text().splitlines()[1234]
    with Image.open(folder / "val" / "images" / line.split("\t")[0]) as image:
        pixels = np.asarray(image.convert("RGB")).transpose(2, 0, 1)
    np.testing.assert_array_equal(test.images[1234], pixels)
    wnids = sorted((folder / "wnids.txt").read_text().split())
    assert wnids[test.labels.subclasses[1234]] == line.split("\t")[1]
