"""Images of one's own with groups: a CSV file of path, class, group and part."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from spreadtune.data.hierarchy import Attribute, group_name
from spreadtune.data.listed import listed
from spreadtune.data.listed_images import ListedImage, ListedImages, Listing
from spreadtune.data.names import composed, ordered
from spreadtune.data.split_name import NUMBERED, SplitName
from spreadtune.data.table import Line, read_table
from spreadtune.errors import UserError
from spreadtune.spec.data import GroupedImagesDataset

PARTS: Mapping[str, SplitName] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
    **NUMBERED,
}
"""What a part may be called, in any case of letters."""


def files(config: GroupedImagesDataset) -> ListedImages:
    """The images that a study's table lists."""
    return ListedImages(
        Path(config.root).name or config.name,
        config.root,
        config.metadata,
        lambda root: [root / config.metadata],
        lambda tables: _listing(tables[0], config),
    )


def _listing(table: Path, config: GroupedImagesDataset) -> Listing:
    read = read_table(table)
    has_parts = config.split_column in read.header
    needed = [config.path_column, config.class_column, config.group_column]
    lines = read.lines([*needed, config.split_column] if has_parts else needed)
    classes = ordered({composed(line[config.class_column]) for line in lines})
    values = ordered({composed(line[config.group_column]) for line in lines})
    if len(classes) < 2:
        raise UserError(f"{table}: all images are of class {classes[0]}; a study needs two classes or more")
    if len(values) < 2:
        raise UserError(f"{table}: all images are of group {values[0]}; a worst group is one of several")
    images = [
        ListedImage(
            path=line[config.path_column],
            label=classes.index(composed(line[config.class_column])),
            attribute=values.index(composed(line[config.group_column])),
            part=_part(line, config.split_column) if has_parts else "train",
            line=line,
        )
        for line in lines
    ]
    if not any(image.part == "train" for image in images):
        raise UserError(f"{table}: no image is for training; write train into the column {config.split_column}")
    return Listing(classes, Attribute(tuple(values), _absent(table, config, classes, values, images)), images)


def _part(line: Line, column: str) -> SplitName:
    name = line[column].casefold()
    if name not in PARTS:
        raise line.mistake(f"{column} is {line[column]!r}; it has to be train, val or test (or 0, 1 or 2)")
    return PARTS[name]


def _absent(
    table: Path,
    config: GroupedImagesDataset,
    classes: Sequence[str],
    values: Sequence[str],
    images: Sequence[ListedImage],
) -> frozenset[tuple[int, int]]:
    """The pairs of which there are no images: those that ``absent`` declares, or all others where each group is of one
    class alone, as where groups are named after class and background."""
    there = {(image.label, image.attribute) for image in images}
    if len(there) == len(values):
        for label, name in enumerate(classes):
            if sum(pair[0] == label for pair in there) < 2:
                raise UserError(f"{table}: class {name} has one group only; a worst group is one of several")
        pairs = ((label, value) for label in range(len(classes)) for value in range(len(values)))
        return frozenset(pair for pair in pairs if pair not in there)
    named = {group_name(name, value): (k, a) for k, name in enumerate(classes) for a, value in enumerate(values)}
    if unknown := [name for name in config.absent if name not in named]:
        raise UserError(
            f"data.dataset.absent: {listed(unknown)} is no group; write CLASS, GROUP, such as {next(iter(named))!r}"
        )
    declared = frozenset(named[name] for name in config.absent)
    if wrong := [name for name, pair in named.items() if pair in declared & there]:
        raise UserError(f"data.dataset.absent: {table} lists images of {listed(wrong)}; leave it out")
    if empty := [name for name, pair in named.items() if pair not in declared | there]:
        raise UserError(
            f"{table}: no image of {'; '.join(empty)}; add some, or name it in data.dataset.absent if there can be none"
        )
    return declared
