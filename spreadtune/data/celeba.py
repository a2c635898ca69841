"""CelebA (Liu et al. 2015, arXiv 1411.7766): faces; is the hair blond, in groups of gender."""

from collections.abc import Sequence
from pathlib import Path

from spreadtune.data.hierarchy import Attribute
from spreadtune.data.listed_images import ListedImage, ListedImages, Listing
from spreadtune.data.split_name import NUMBERED
from spreadtune.data.table import Line, Table, as_table, read_text
from spreadtune.errors import UserError
from spreadtune.spec.data import CelebaDataset

FOLDER = "img_align_celeba"
ATTRIBUTES, PARTITION = "list_attr_celeba", "list_eval_partition"
IMAGE, CLASS, GROUP, PART = "image_id", "Blond_Hair", "Male", "partition"
SIGN = {"-1": 0, "1": 1}


def files(config: CelebaDataset) -> ListedImages:
    """202,599 faces of 178x218 in the official parts; class ``Blond_Hair``, attribute ``Male``.

    ``list_attr_celeba`` and ``list_eval_partition`` are read in each form in which they go about: as published, with
    columns between spaces, under the ending ``.txt`` or ``.csv``, and as CSV with a header.
    """
    return ListedImages(config.name, config.root, FOLDER, _tables, _listing)


def _tables(root: Path) -> list[Path]:
    return [_table(root, ATTRIBUTES), _table(root, PARTITION)]


def _listing(tables: Sequence[Path]) -> Listing:
    attributes, partition = tables
    part_of = {line[IMAGE]: line for line in _lines(partition, [IMAGE, PART], header=[IMAGE, PART])}
    images = []
    for line in _lines(attributes, [IMAGE, CLASS, GROUP]):
        name = line[IMAGE]
        if name not in part_of:
            raise line.mistake(f"{partition} has no part for {name}; add a line there")
        part = part_of.pop(name).one_of(PART, NUMBERED)
        images.append(ListedImage(f"{FOLDER}/{name}", line.one_of(CLASS, SIGN), line.one_of(GROUP, SIGN), part, line))
    for name, line in part_of.items():
        raise line.mistake(f"{attributes} has no line for {name}; add one there")
    return Listing(("not blond", "blond"), Attribute(("female", "male")), images)


def _table(root: Path, name: str) -> Path:
    found = next((path for ending in ("txt", "csv") if (path := root / f"{name}.{ending}").is_file()), None)
    if found is None:
        raise UserError(f"data.dataset: {root} has neither {name}.txt nor {name}.csv; put one beside {FOLDER}")
    return found


def _lines(file: Path, columns: Sequence[str], header: Sequence[str] = ()) -> list[Line]:
    """Of CSV, or of columns between spaces, which have ``header``, or a line with the number of images and one with the
    names of all columns but that of the image."""
    text = read_text(file)
    if "," in "".join(text.splitlines()[:2]):
        return as_table(file, text).lines(columns)
    rows = [(number, line.split()) for number, line in enumerate(text.splitlines(), start=1)]
    if not header and len(rows) > 1:
        header, rows = [IMAGE, *rows[1][1]], rows[2:]
    return Table(file, header, rows).lines(columns)
