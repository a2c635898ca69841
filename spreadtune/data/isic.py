"""ISIC (Codella et al. 2019, arXiv 1902.03368): skin lesions; malignant or not, in groups of a colored patch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spreadtune.data.hierarchy import Attribute
from spreadtune.data.listed import listed
from spreadtune.data.listed_images import ListedImage, ListedImages, Listing
from spreadtune.data.split_name import SplitName
from spreadtune.data.table import Line, Table, read_table
from spreadtune.errors import UserError
from spreadtune.spec.data import IsicDataset

TABLES = ("labels.csv", "metadata.csv")
FOLDER = "images"
PATCH = {"0": 0, "1": 1, "0.0": 0, "1.0": 1, "False": 0, "True": 1}
PARTS: Mapping[str, SplitName] = {"train": "train", "val": "validation", "test": "test"}
NO_SUCH_IMAGE = (1, 1)
"""No malignant image has a patch: all patches are of one collection of benign lesions (SONIC)."""


@dataclass(frozen=True)
class Layout:
    """The columns of one of the tables that go about.

    Attributes:
        image: its file, or its id.
        part: train, val or test.
        label: the class.
        values: what stands for which class.
        others_left_out: whether lines with another value are passed over.
    """

    image: str
    part: str
    label: str
    values: Mapping[str, int]
    others_left_out: bool

    @property
    def columns(self) -> list[str]:
        return [self.image, self.part, self.label, "patch"]


LAYOUTS = (
    # Of the earlier method's code (Sohoni et al. 2020), which leaves out what is neither benign nor malignant.
    Layout("Image Index", "fold", "benign_malignant", {"benign": 0, "malignant": 1}, others_left_out=True),
    Layout("_id", "split", "is_malignant", {"0": 0, "1": 1, "0.0": 0, "1.0": 1}, others_left_out=False),
)


def files(config: IsicDataset) -> ListedImages:
    """Photographs of lesions with the parts of the table; class benign or malignant, attribute the patch.

    The images are in ``images/``, by the names in the table, ``.jpg`` where these have no ending.
    """
    return ListedImages(config.name, config.root, FOLDER, _tables, _listing)


def _tables(root: Path) -> list[Path]:
    found = [path for name in TABLES if (path := root / name).is_file()]
    if not found:
        raise UserError(f"data.dataset: {root} has neither {' nor '.join(TABLES)}; put one beside {FOLDER}")
    return found[:1]


def _listing(tables: Sequence[Path]) -> Listing:
    table = read_table(tables[0])
    layout = _layout(table)
    kept = [line for line in table.lines(layout.columns) if _is_kept(line, layout)]
    images = [
        ListedImage(
            path=_path(line[layout.image]),
            label=line.one_of(layout.label, layout.values),
            attribute=line.one_of("patch", PATCH),
            part=line.one_of(layout.part, PARTS),
            line=line,
        )
        for line in kept
    ]
    return Listing(("benign", "malignant"), Attribute(("no patch", "patch"), frozenset({NO_SUCH_IMAGE})), images)


def _layout(table: Table) -> Layout:
    found = next((layout for layout in LAYOUTS if set(layout.columns) <= set(table.header)), None)
    if found is None:
        wanted = " or ".join(", ".join(layout.columns) for layout in LAYOUTS)
        raise UserError(f"{table.file}: it needs the columns {wanted}; it has {listed(table.header)}")
    return found


def _is_kept(line: Line, layout: Layout) -> bool:
    return not layout.others_left_out or line.cells[layout.label] in layout.values


def _path(image: str) -> str:
    return f"{FOLDER}/{image}" if "." in image else f"{FOLDER}/{image}.jpg"
