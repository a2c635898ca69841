"""Small data sets with groups, in the forms in which the real ones are published."""

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
from PIL import Image

from spreadtune.data.pacs import CLASSES, DOMAINS

PER_CELL = 6
"""Images of each group in each part; in training twice as many where class and attribute go together."""


def draw(file: Path, random: np.random.Generator, size: tuple[int, int] = (12, 12)) -> None:
    """A random image; ``size`` is (width, height)."""
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(random.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)).save(file)


def cells(groups: Sequence[tuple[int, int]] = ((0, 0), (0, 1), (1, 0), (1, 1))) -> list[tuple[int, int, int]]:
    """Class, attribute and part of each image, in an order that tells nothing."""
    found = [
        (k, a, part)
        for part in range(3)
        for k, a in groups
        for _ in range(PER_CELL * (2 if part == 0 and k == a else 1))
    ]
    order = np.random.default_rng(0).permutation(len(found))
    return [found[i] for i in order]


def write_waterbirds(root: Path) -> Path:
    random, folder = np.random.default_rng(0), root / "waterbird_complete95_forest2water2"
    rows = [["img_id", "img_filename", "y", "split", "place_filename", "place"]]
    for number, (label, place, part) in enumerate(cells()):
        name = f"{number % 3:03}.Bird/Bird_{number:04}.jpg"
        draw(folder / name, random)
        rows.append([str(number), name, str(label), str(part), f"/f/forest_{number}.jpg", str(place)])
    _write(folder / "metadata.csv", rows, ",")
    return folder


def write_celeba(root: Path, form: str = "txt") -> Path:
    """``form``: ``txt`` and ``spaces in csv`` as published, between spaces; ``csv`` with commas."""
    random, folder = np.random.default_rng(0), root / "celeba"
    names = ["5_o_Clock_Shadow", "Blond_Hair", "Male", "Young"]
    attributes, partition = [], []
    for number, (label, male, part) in enumerate(cells(), start=1):
        draw(folder / "img_align_celeba" / f"{number:06}.jpg", random, (10, 12))
        attributes.append([f"{number:06}.jpg", "-1", "1" if label else "-1", "1" if male else "-1", "1"])
        partition.append([f"{number:06}.jpg", str(part)])
    if form == "csv":
        _write(folder / "list_attr_celeba.csv", [["image_id", *names], *attributes], ",")
        _write(folder / "list_eval_partition.csv", [["image_id", "partition"], *partition], ",")
    else:
        ending = "txt" if form == "txt" else "csv"
        _write(folder / f"list_attr_celeba.{ending}", [[str(len(attributes))], names, *attributes], "  ")
        _write(folder / f"list_eval_partition.{ending}", partition, " ")
    return folder


def write_isic(root: Path, layout: int = 0) -> Path:
    """``layout``: 0 of the earlier method's code, 1 of the other table."""
    random, folder = np.random.default_rng(0), root / "isic"
    headers = (
        ["Image Index", "fold", "benign_malignant", "Diagnosis", "patch", "diagnosis_confirm_type"],
        ["_id", "split", "is_malignant", "patch"],
    )
    rows = [headers[layout]]
    for number, (label, patch, part) in enumerate(cells(((0, 0), (0, 1), (1, 0)))):
        name, split = f"ISIC_{number:07}", ("train", "val", "test")[part]
        draw(folder / "images" / f"{name}.jpg", random, (16, 12))
        named = ("benign", "malignant")[label]
        of_layouts = (
            [f"{name}.jpg", split, named, str(label), str(patch), "histopathology"],
            [name, split, str(label), f"{patch:.1f}"],
        )
        rows.append(of_layouts[layout])
    if layout == 0:
        rows.append(["ISIC_none.jpg", "train", "indeterminate", "", "0", ""])
    _write(folder / ("labels.csv", "metadata.csv")[layout], rows, ",")
    return folder


def write_pacs(root: Path, per_group: int = 6) -> Path:
    random = np.random.default_rng(0)
    for domain, name in product(DOMAINS, CLASSES):
        for number in range(per_group):
            draw(root / "pacs" / domain / name / f"{number:04}.png", random)
    return root / "pacs"


def write_pacs_file(root: Path, per_group: int = 6) -> Path:
    """One NumPy file, with classes and domains in other orders."""
    classes, domains = CLASSES[::-1], DOMAINS[::-1]
    labels = [pair for pair in product(range(len(classes)), range(len(domains))) for _ in range(per_group)]
    y, domain = (np.array(values, dtype=np.uint8) for values in zip(*labels, strict=True))
    x = np.random.default_rng(0).integers(0, 256, (len(y), 8, 8, 3), dtype=np.uint8)
    np.savez(root / "pacs.npz", x=x, y=y, domain=domain, classes=np.array(classes), domains=np.array(domains))
    return root / "pacs.npz"


def write_grouped(root: Path) -> Path:
    """Cats and dogs, indoors and outdoors."""
    random, folder = np.random.default_rng(0), root / "pets"
    rows = [["path", "class", "group", "split", "remark"]]
    for number, (label, place, part) in enumerate(cells()):
        draw(folder / f"images/{number:03}.png", random)
        split = ("train", "val", "test")[part]
        rows.append([f"images/{number:03}.png", ("cat", "dog")[label], ("in", "out")[place], split, '"a, b"'])
    _write(folder / "metadata.csv", rows, ",")
    return folder


def _write(file: Path, rows: Sequence[Sequence[str]], between: str) -> None:
    file.write_text("\n".join(between.join(row) for row in rows) + "\n")
