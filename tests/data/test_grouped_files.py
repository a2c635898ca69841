"""Data sets with groups in the files in which they are published."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from spreadtune.data import Dataset, load_dataset
from spreadtune.data.pacs import CLASSES, DOMAINS, folds
from spreadtune.data.split_name import SPLIT_NAMES
from spreadtune.errors import UserError
from spreadtune.spec.data import DataConfig
from tests.data import group_roots
from tests.data.data_roots import real_root
from tests.data.group_roots import PER_CELL

PETS = {"name": "grouped_images", "root": "pets"}
BIRDS = ("landbird, land", "landbird, water", "waterbird, land", "waterbird, water")
FACES = ("not blond, female", "not blond, male", "blond, female", "blond, male")


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SPREADTUNE_DATA", str(tmp_path))
    monkeypatch.setenv("SPREADTUNE_CACHE", str(tmp_path / "cache"))
    return tmp_path


def load(dataset: Any, **values: Any) -> Dataset:
    return load_dataset(DataConfig(dataset=dataset, augmentation="none", **values)).unsealed("confirm")


def told(dataset: Any, **values: Any) -> str:
    with pytest.raises(UserError) as error:
        load(dataset, **values)
    text = str(error.value)
    assert len(text.splitlines()) == 1
    return text


def groups_of(dataset: Dataset) -> dict[str, Counter[str]]:
    names = dataset.group_names
    return {part: Counter(names[g] for g in dataset.split(part).labels.by_name()["group"]) for part in SPLIT_NAMES}


@pytest.mark.parametrize(
    ("name", "write", "names"),
    [
        ("waterbirds", group_roots.write_waterbirds, BIRDS),
        ("celeba", group_roots.write_celeba, FACES),
        ("celeba", lambda root: group_roots.write_celeba(root, "spaces in csv"), FACES),
        ("celeba", lambda root: group_roots.write_celeba(root, "csv"), FACES),
        (PETS, group_roots.write_grouped, ("cat, in", "cat, out", "dog, in", "dog, out")),
    ],
)
def test_every_line_is_an_image_of_its_group_and_part(
    root: Path, name: Any, write: Callable[[Path], Path], names: tuple[str, ...]
) -> None:
    write(root)
    dataset = load(name)
    assert dataset.group_names == names
    for part, found in groups_of(dataset).items():
        together = 2 * PER_CELL if part == "train" else PER_CELL
        assert found == dict(zip(names, (together, PER_CELL, PER_CELL, together), strict=True))


def test_an_image_stands_with_its_own_line(root: Path) -> None:
    folder = group_roots.write_waterbirds(root)
    lines = [line.split(",") for line in (folder / "metadata.csv").read_text().splitlines()[1:]]
    test = [line for line in lines if line[3] == "2"]
    split = load("waterbirds").split("test")
    labels = split.labels.by_name()
    for position in (0, 7, len(split) - 1):
        _, name, label, _, _, place = test[position]
        with Image.open(folder / name) as image:
            assert np.array_equal(split.images[position], np.asarray(image).transpose(2, 0, 1))
        assert (int(label), int(place)) == (labels["class"][position], labels["attribute"][position])


@pytest.mark.parametrize("layout", [0, 1])
def test_no_malignant_image_of_isic_has_a_patch(root: Path, layout: int) -> None:
    group_roots.write_isic(root, layout)
    dataset = load("isic", size=8)
    assert dataset.group_names == ("benign, no patch", "benign, patch", "malignant, no patch")
    assert groups_of(dataset)["test"] == dict.fromkeys(dataset.group_names, PER_CELL)
    assert dataset.image_shape == (3, 8, 8)


def test_a_malignant_patch_is_refused(root: Path) -> None:
    table = group_roots.write_isic(root, 1) / "metadata.csv"
    table.write_text(table.read_text().replace(",1,0.0", ",1,1.0", 1))
    assert "is of malignant, patch, of which there are no images" in told("isic", size=8)


@pytest.mark.parametrize("write", [group_roots.write_pacs, group_roots.write_pacs_file])
def test_folds_of_pacs_share_out_every_group(root: Path, write: Callable[[Path, int], Path]) -> None:
    path = write(root, 11)
    seen: list[bytes] = []
    for fold in range(5):
        dataset = load({"name": "pacs", "root": path.name, "fold": fold})
        assert dataset.class_names == CLASSES
        assert dataset.group_names == tuple(f"{name}, {domain}" for name in CLASSES for domain in DOMAINS)
        found = groups_of(dataset)
        assert set(found["test"].values()) <= {2, 3}
        assert set(found["train"].values()) <= {6, 7}
        seen += [image.tobytes() for image in dataset.split("test").images]
    assert len(set(seen)) == len(seen) == 11 * 28


def test_a_fifth_of_every_group_is_in_each_fold() -> None:
    groups = np.arange(300) % 4
    fold_of = folds(groups)
    assert all(np.bincount(fold_of[groups == group]).tolist() == [15] * 5 for group in range(4))
    assert np.array_equal(fold_of, folds(groups))


def test_the_real_images_of_pacs_have_the_published_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    real_root("pacs32.npz")
    dataset = load({"name": "pacs", "root": "pacs32.npz"})
    domains = np.concatenate([dataset.split(part).labels.by_name()["attribute"] for part in SPLIT_NAMES])
    assert np.bincount(domains).tolist() == [1670, 2048, 2344, 3929]


def test_columns_may_have_other_names(root: Path) -> None:
    edited(root, "path,class,group,split", "filename,y,a,part")
    columns = {"path_column": "filename", "class_column": "y", "group_column": "a", "split_column": "part"}
    assert load(PETS | columns).has_groups


def test_marks_line_ends_and_quotes_are_understood(root: Path) -> None:
    table = group_roots.write_grouped(root) / "metadata.csv"
    plain = load(PETS).fingerprint
    text = table.read_text().replace("\n", "\r\n").replace("images/000.png", '"images/000.png"')
    table.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load(PETS).fingerprint == plain


def test_groups_named_after_class_and_place_are_groups(root: Path) -> None:
    table = group_roots.write_grouped(root) / "metadata.csv"
    table.write_text(re.sub(r"(cat|dog),(in|out),", r"\1,\1s \2,", table.read_text()))
    assert load(PETS).group_names == ("cat, cats in", "cat, cats out", "dog, dogs in", "dog, dogs out")


def test_without_parts_they_are_cut(root: Path) -> None:
    table = group_roots.write_grouped(root) / "metadata.csv"
    lines = [line.split(",") for line in table.read_text().splitlines()]
    table.write_text("\n".join(",".join(line[:3]) for line in lines))
    counts = groups_of(load(PETS))
    assert sum(sum(found.values()) for found in counts.values()) == 84
    assert min(min(found.values()) for found in counts.values()) >= 3


def edited(root: Path, old: str, new: str, count: int = -1) -> None:
    table = group_roots.write_grouped(root) / "metadata.csv"
    text = table.read_text()
    assert old in text
    table.write_text(text.replace(old, new, count))


@pytest.mark.parametrize(
    ("old", "new", "count", "message"),
    [
        ("class", "kind", 1, "no column class; it has path, kind, group, split, remark"),
        ("remark", "path", 1, "the column path is there twice"),
        (",train,", ",trian,", 1, "split is 'trian'; it has to be train, val or test"),
        ("images/001.png", "images/none.png", 1, "images/none.png (line 3); add them, or leave their lines out"),
        ("images/001.png", "../001.png", 1, "line 3: ../001.png leads out of the data set's folder"),
        ("images/001.png", "/001.png", 1, "line 3: /001.png leads out"),
        ("images/001.png", "images/000.png", 1, "line 3: images/000.png is in line 2 too"),
        ("cat,", "NaN,", 1, "class is 'NaN'; give it a value"),
        ("cat,", ",", 1, "class is empty; give it a value"),
        (",in,train,", ",in,", 1, "4 cells for 5 columns"),
        ("dog,", "cat,", -1, "all images are of class cat; a study needs two classes"),
        (",out,", ",in,", -1, "all images are of group in; a worst group is one of several"),
        ("dog,out,", "dog,in,", -1, "no image of dog, out; add some, or name it in data.dataset.absent"),
        (",train,", ",test,", -1, "no image is for training"),
        ('"a, b"', '"a, b', 1, "cannot be read as CSV"),
    ],
)
def test_a_broken_table_is_told(root: Path, old: str, new: str, count: int, message: str) -> None:
    edited(root, old, new, count)
    assert message in told(PETS)


def test_a_class_of_one_group_has_no_worst_one(root: Path) -> None:
    table = group_roots.write_grouped(root) / "metadata.csv"
    text = table.read_text()
    for old, new in (("cat,in,", "cat,a,"), ("cat,out,", "cat,b,"), ("dog,in,", "dog,c,"), ("dog,out,", "dog,c,")):
        text = text.replace(old, new)
    table.write_text(text)
    assert "class dog has one group only" in told(PETS)


@pytest.mark.parametrize(
    ("absent", "message"),
    [
        ("dog, out", "lists images of dog, out; leave it out"),
        ("bird, out", "data.dataset.absent: bird, out is no group; write CLASS, GROUP, such as 'cat, in'"),
    ],
)
def test_what_is_declared_absent_has_to_be_a_group_without_images(root: Path, absent: str, message: str) -> None:
    group_roots.write_grouped(root)
    assert message in told(PETS | {"absent": [absent]})


def test_a_declared_group_may_be_empty(root: Path) -> None:
    edited(root, "dog,out,", "dog,in,")
    assert load(PETS | {"absent": ["dog, out"]}).group_names == ("cat, in", "cat, out", "dog, in")


def test_an_unreadable_image_is_told(root: Path) -> None:
    folder = group_roots.write_grouped(root)
    (folder / "images/005.png").write_bytes(b"no image")
    assert "images/005.png (not an image Pillow knows)" in told(PETS)


def test_a_table_that_is_no_text_is_told(root: Path) -> None:
    (group_roots.write_grouped(root) / "metadata.csv").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read as UTF-8" in told(PETS)


def test_an_empty_table_is_told(root: Path) -> None:
    table = group_roots.write_grouped(root) / "metadata.csv"
    table.write_text("")
    assert "no column path, class, group; it has none" in told(PETS)
    table.write_text("path,class,group\n\n")
    assert "no lines below the header" in told(PETS)


@pytest.mark.parametrize("name", ["waterbirds", "celeba", "isic", "pacs", PETS])
def test_what_is_not_there_is_told_with_where_it_was_looked_for(root: Path, name: Any) -> None:
    assert f"not there (looked for {root}" in told(name)


def test_a_face_without_a_part_is_told(root: Path) -> None:
    partition = group_roots.write_celeba(root) / "list_eval_partition.txt"
    first, _, rest = partition.read_text().partition("\n")
    partition.write_text(rest)
    assert f"has no part for {first.split()[0]}; add a line there" in told("celeba")
    partition.write_text(f"{first}\n{rest}999999.jpg 0\n")
    assert "has no line for 999999.jpg; add one there" in told("celeba")
