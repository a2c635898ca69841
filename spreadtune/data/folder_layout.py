"""Which images lie where below a root: ``train/SUBCLASS/``, at any depth, and optional ``val`` and ``test``."""

import os
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from spreadtune.data.listed import listed
from spreadtune.data.names import composed
from spreadtune.data.pictures import suffixes
from spreadtune.data.split_name import SplitName
from spreadtune.errors import UserError

FOLDERS: Mapping[SplitName, str] = {"train": "train", "validation": "val", "test": "test"}

OTHER_NAMES = {
    "training": "train",
    "validation": "val",
    "valid": "val",
    "dev": "val",
    "eval": "val",
    "testing": "test",
} | {name: name for name in FOLDERS.values()}
"""What people call these folders, whatever the case of its letters -> what they are called here."""

Layout = dict[SplitName, dict[str, list[Path]]]
"""Part -> subclass -> its images; subclasses and images in the order of their names."""


def read_layout(root: Path) -> Layout:
    """The images of all parts; names of subclasses are composed (NFC).

    Raises:
        UserError: a folder of a part has another name, no subclass folders, an empty or an unknown one, two of one
            name, images beside them, or lacks a subclass that train has; a folder cannot be listed.
    """
    refuse_other_names(root)
    present = {part: root / name for part, name in FOLDERS.items() if part == "train" or _is_there(root / name)}
    layout = {part: _images_by_subclass(folder) for part, folder in present.items()}
    for part, folder in present.items():
        unknown = [name for name in layout[part] if name not in layout["train"]]
        if unknown:
            raise UserError(
                f"data.dataset: {folder} has subclasses that train has not: {listed(unknown)}; every subclass needs "
                "training images"
            )
        missing = [name for name in layout["train"] if name not in layout[part]]
        if missing:  # accuracies would be those of the others
            raise UserError(
                f"data.dataset: {folder} has no images of {listed(missing)}; add some, or remove the folder "
                f"{folder.name}, and a part of train takes its place"
            )
    return layout


def refuse_other_names(root: Path) -> None:
    """A part under another name would be passed over without a word, and one of train would take its place.

    Raises:
        UserError: there is such a folder beside where ``train`` is.
    """
    meant = {folder: OTHER_NAMES.get(folder.name.casefold(), folder.name) for folder in _folders(root)}
    wrong = {folder.name: right for folder, right in meant.items() if not _is_same(folder, root / right)}
    if wrong:
        renamed = ", ".join(f"{name} to {right}" for name, right in wrong.items())
        it = "it" if len(wrong) == 1 else "them"
        raise UserError(
            f"data.dataset: {root} has {listed([*wrong])}, but only train, val and test are read; rename {renamed}, or "
            f"move {it} elsewhere"
        )


def _is_same(folder: Path, other: Path) -> bool:
    """Itself, or a link to it."""
    return other.exists() and folder.samefile(other)


def _is_there(folder: Path) -> bool:
    if os.path.lexists(folder) and not folder.is_dir():
        raise UserError(f"data.dataset: {folder} is no folder; put images into {folder}/SUBCLASS/, or remove it")
    return folder.is_dir()


def _images_by_subclass(folder: Path) -> dict[str, list[Path]]:
    subclasses = _folders(folder)
    if not subclasses:
        raise UserError(f"data.dataset: {folder} has no subclass folders; put images into {folder}/SUBCLASS/")
    loose = [path.name for path in _listing(folder) if _is_image(path.name) and not path.is_dir()]
    if loose:
        raise UserError(
            f"data.dataset: {folder} has images that lie in no subclass folder: {listed(loose)}; move each into its "
            f"{folder}/SUBCLASS/, or remove them"
        )
    _refuse_twins(subclasses)
    found = {composed(subclass.name): sorted(_images_below(subclass)) for subclass in subclasses}
    empty = [name for name, images in found.items() if not images]
    if empty:
        raise UserError(
            f"data.dataset: no image that Pillow reads below {folder}/ in {listed(empty)}; add some, or remove it"
        )
    return found


def _folders(place: Path) -> list[Path]:
    """Those that are looked into, in the order of their composed names."""
    folders = (path for path in _listing(place) if not _is_passed_over(path.name) and path.is_dir())
    return sorted(folders, key=lambda path: composed(path.name))


def _refuse_twins(folders: list[Path]) -> None:
    """``folders`` are in the order of their composed names."""
    for one, other in pairwise(folders):
        if composed(one.name) == composed(other.name):
            raise UserError(
                f"data.dataset: {one.parent} has two folders whose names look the same, {one.name!a} and "
                f"{other.name!a}; put the images of one into the other"
            )


def _images_below(folder: Path) -> Iterator[Path]:
    seen: set[str] = set()  # folders may be links, and links may form a circle
    for place, below, names in os.walk(folder, followlinks=True, onerror=_refuse_unlisted):
        real = os.path.realpath(place)
        if real in seen:
            below.clear()
            continue
        seen.add(real)
        below[:] = [name for name in below if not _is_passed_over(name)]
        for name in names:
            if _is_image(name):
                yield Path(place, name)


def _is_image(name: str) -> bool:
    return not _is_passed_over(name) and os.path.splitext(name)[1].lower() in suffixes()


def _is_passed_over(name: str) -> bool:
    """What is hidden, and what a Mac adds: ``.DS_Store``, ``._IMAGE.jpg``, the folder ``__MACOSX`` of its archives."""
    return name.startswith(".") or name == "__MACOSX"


def _listing(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        _refuse_unlisted(error)
        raise


def _refuse_unlisted(error: OSError) -> None:
    """What cannot be listed would be missing without a word."""
    raise UserError(f"data.dataset: {error.filename} cannot be listed: {error.strerror}") from error
