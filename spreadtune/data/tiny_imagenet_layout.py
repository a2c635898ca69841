"""Tiny ImageNet's files as its archive has them: ``wnids.txt``, ``train/WNID/images/``, ``val/`` with annotations."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from spreadtune.data.listed import listed
from spreadtune.errors import UserError

CLASSES = "wnids.txt"
ANNOTATIONS = "val/val_annotations.txt"
AGAIN = "unpack the archive again, and leave its files where they are"


@dataclass(frozen=True)
class TinyLayout:
    """Which image has which class.

    Attributes:
        wnids: the classes' WordNet ids, ascending.
        train: each training image with its class, class by class.
        validation: each official validation image with its class, in the order of the annotations.
    """

    wnids: Sequence[str]
    train: Sequence[tuple[Path, str]]
    validation: Sequence[tuple[Path, str]]


def read_layout(root: Path) -> TinyLayout:
    """What lies below the folder of the archive. No image is opened; ``test/`` has no labels and is passed over.

    Raises:
        UserError: a file or folder is missing, classes differ from those of ``wnids.txt``, an annotation cannot be
            understood, or validation images and annotations do not go together.
    """
    wnids = sorted(_lines(root / CLASSES))
    twice = [one for one, other in pairwise(wnids) if one == other]
    if twice or not wnids:
        what = f"names {listed(twice)} twice" if twice else "names no class"
        raise UserError(f"data.dataset: {root / CLASSES} {what}; {AGAIN}")
    return TinyLayout(wnids, _train(root / "train", wnids), _validation(root, set(wnids)))


def _train(folder: Path, wnids: Sequence[str]) -> list[tuple[Path, str]]:
    there = {path.name for path in _listed(folder) if path.is_dir() and not path.name.startswith(".")}
    missing, unknown = sorted(set(wnids) - there), sorted(there - set(wnids))
    if missing:
        raise UserError(f"data.dataset: {folder} has no {listed(missing)}, which {CLASSES} names; {AGAIN}")
    if unknown:
        raise UserError(f"data.dataset: {folder} has {listed(unknown)}, which {CLASSES} does not name; remove them")
    images = {wnid: _images(folder / wnid / "images") for wnid in wnids}
    empty = [wnid for wnid, found in images.items() if not found]
    if empty:
        raise UserError(f"data.dataset: {folder} has no image NAME.JPEG in the images of {listed(empty)}; {AGAIN}")
    return [(path, wnid) for wnid, found in images.items() for path in found]


def _validation(root: Path, wnids: set[str]) -> list[tuple[Path, str]]:
    """Each line of the annotations is FILE, WNID and a box (four numbers), between tabs."""
    annotations, folder = root / ANNOTATIONS, root / "val" / "images"
    found: dict[Path, str] = {}
    for number, line in enumerate(_lines(annotations), start=1):
        name, _, rest = line.partition("\t")
        wnid = rest.partition("\t")[0]
        if wnid not in wnids:
            raise UserError(
                f"data.dataset: {annotations}: line {number}: {line!r} is not FILE, tab, WNID with a class of {CLASSES}"
            )
        if folder / name in found:
            raise UserError(f"data.dataset: {annotations}: line {number}: {name} has a line before; remove one of them")
        found[folder / name] = wnid
    there = set(_images(folder))
    absent = sorted(path.name for path in found.keys() - there)
    unannotated = sorted(path.name for path in there - found.keys())
    if absent:
        raise UserError(f"data.dataset: {folder} has no {listed(absent)}, which {annotations.name} names; {AGAIN}")
    if unannotated:
        raise UserError(f"data.dataset: {annotations} has no line for {listed(unannotated)}; {AGAIN}")
    return list(found.items())


def _lines(file: Path) -> list[str]:
    try:
        return [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise UserError(f"data.dataset: {file} cannot be read ({reason}); {AGAIN}") from error


def _images(folder: Path) -> list[Path]:
    """In the order of their names; what is hidden is passed over (a Mac adds ``._NAME.JPEG``)."""
    return [path for path in _listed(folder) if path.suffix.lower() == ".jpeg" and not path.name.startswith(".")]


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise UserError(f"data.dataset: {folder} cannot be listed ({error.strerror}); {AGAIN}") from error
