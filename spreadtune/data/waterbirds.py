"""Waterbirds (Sagawa et al. 2020, arXiv 1911.08731): birds of land or water pasted onto land or water."""

from collections.abc import Sequence
from pathlib import Path

from spreadtune.data.hierarchy import Attribute
from spreadtune.data.listed_images import ListedImage, ListedImages, Listing
from spreadtune.data.split_name import NUMBERED
from spreadtune.data.table import read_table
from spreadtune.spec.data import WaterbirdsDataset

METADATA = "metadata.csv"
BINARY = {"0": 0, "1": 1}


def files(config: WaterbirdsDataset) -> ListedImages:
    """4,795 + 1,199 + 5,794 photographs; class landbird or waterbird, attribute the background, in the official parts.

    ``metadata.csv`` has img_id, img_filename, y, split (0 training, 1 validation, 2 test), place_filename and place.
    """
    return ListedImages(config.name, config.root, METADATA, lambda root: [root / METADATA], _listing)


def _listing(tables: Sequence[Path]) -> Listing:
    images = [
        ListedImage(
            path=line["img_filename"],
            label=line.one_of("y", BINARY),
            attribute=line.one_of("place", BINARY),
            part=line.one_of("split", NUMBERED),
            line=line,
        )
        for line in read_table(tables[0]).lines(["img_filename", "y", "split", "place"])
    ]
    return Listing(("landbird", "waterbird"), Attribute(("land", "water")), images)
