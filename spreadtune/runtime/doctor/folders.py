"""Where data lie and where results go: what is there, what may be written, what room is left."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from spreadtune.data.files import ByHand
from spreadtune.data.published import Published
from spreadtune.data.root import VARIABLE as DATA_VARIABLE
from spreadtune.errors import UserError
from spreadtune.run_folder.places import nearest, why_not_writable
from spreadtune.runtime.doctor.check import Check
from spreadtune.runtime.doctor.units import GIB, MIB, size
from spreadtune.search.storage.filesystems import refuse_network
from spreadtune.spec.data import DATASETS

LITTLE_ROOM = GIB
"""CIFAR-10 and -100 take about this, with the archives they are downloaded in."""

NO_ROOM = 100 * MIB
"""A sweep on small images leaves checkpoints and tables of some ten MiB."""

Free = Callable[[Path], int]
"""Bytes that are free where a folder is, or will be."""


def free_space(path: Path) -> int:
    return shutil.disk_usage(nearest(path)).free


def check_data_roots(roots: Sequence[Path], sets: Mapping[str, Published | ByHand]) -> Iterator[Check]:
    """A line for each folder in which data sets are looked for; absent ones are downloaded into the first."""
    by_hand = [name for name, each in sets.items() if isinstance(each, ByHand)]
    but = f", but {', '.join(by_hand)}," if by_hand else ""
    for place, root in enumerate(roots):
        there = [name for name, each in sets.items() if each.lies_in(root)]
        text = f"{root}: " + (f"has {', '.join(there)}" if there else "none of the published data sets")
        if place > 0:
            yield Check("data root", "ok", text)
        elif not writable(root):
            fix = f"put data sets there by hand, or name another folder with --data-root or {DATA_VARIABLE}"
            yield Check("data root", "warning", f"{text}; absent ones cannot be downloaded into it", fix)
        else:
            yield Check("data root", "ok", f"{text}; absent ones{but} are downloaded into it when they are used")


def published_sets() -> dict[str, Published | ByHand]:
    """The data sets in files of others, by name."""
    built = (
        DATASETS.build(part.config.model_validate({}))
        for part in DATASETS.parts
        if _is_published(part.config, part.target)
    )
    return {each.label: each for each in built if isinstance(each, Published | ByHand)}


def check_cache(folder: Path, free: Free = free_space) -> Check:
    """The folder of decoded images."""
    entries = [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    used = sum(path.stat().st_size for entry in entries for path in entry.rglob("*") if path.is_file())
    left = free(folder)
    text = f"{folder}: {len(entries)} decoded, {size(used)}; {size(left)} free"
    other = "name another folder with SPREADTUNE_CACHE"
    if not writable(folder):
        return Check("cache", "problem", f"{text}; it cannot be written", other)
    if left < LITTLE_ROOM:
        return Check("cache", "warning", text, f"make room there (it may be deleted while nothing runs), or {other}")
    return Check("cache", "ok", text)


def check_results(folder: Path, free: Free = free_space, mounts: Iterable[tuple[str, str]] | None = None) -> Check:
    """The folder of all runs: whether it can be written, takes a SQLite database, and has room."""
    folder, left = folder.absolute(), free(folder)
    if not writable(folder):
        return Check("results", "problem", f"{folder} cannot be written", "name another folder with --results")
    try:
        refuse_network(folder / "optuna.db", mounts)
    except UserError as refused:
        text, _, fix = str(refused).partition("; ")
        return Check("results", "problem", text.replace(str(folder / "optuna.db"), str(folder)), fix)
    text = f"{folder}: a local disk, {size(left)} free"
    if left < LITTLE_ROOM:
        return Check("results", "problem" if left < NO_ROOM else "warning", text, "make room, or name another folder")
    return Check("results", "ok", text)


def writable(path: Path) -> bool:
    """Whether files can be made in a folder, which is made where it is missing."""
    return why_not_writable(path) is None


def _is_published(config: type, target: str) -> bool:
    needs_nothing = all(not field.is_required() for field in config.model_fields.values())  # type: ignore[attr-defined]
    return needs_nothing and target.endswith(":files")
