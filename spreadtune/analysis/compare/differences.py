"""What differs between runs: their study files path by path, and how they came about."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from spreadtune.analysis.compare.compared_run import ComparedRun
from spreadtune.spec.hash import with_warmup_in_epochs
from spreadtune.spec.paths import leaves
from spreadtune.spec.study import Study
from spreadtune.spec.yaml_text import inline

ABSENT = "–"
_DIGITS = 12  # of a hash: enough to tell apart, short enough to compare by eye
_PACKAGES = ("spreadtune", "python", "torch", "torchvision", "ray", "optuna", "numpy")  # what numbers may depend on


def differences(sides: Sequence[ComparedRun]) -> pd.DataFrame:
    """Every value in which the resolved study files differ, then what differs in how the runs came about.

    Profiles are left out, for they are applied already, and so are descriptions and what is the same in every run.

    Returns:
        ``part`` (``study`` or ``run``), ``what``, and a column of texts for each run, by its letter.
    """
    letters = [side.letter for side in sides]
    in_epochs = any(side.tables.study.training.warmup_epochs is not None for side in sides)
    parts = {
        "study": [_study(side.tables.study, in_epochs) for side in sides],
        "run": [dict(_circumstances(side)) for side in sides],
    }
    rows = [
        [part, path, *values]
        for part, described in parts.items()
        for path in dict.fromkeys(path for each in described for path in each)
        if len(set(values := [each.get(path, ABSENT) for each in described])) > 1
    ]
    return pd.DataFrame(rows, columns=["part", "what", *letters], dtype=object)


def values_that_differ(differing: pd.DataFrame) -> pd.DataFrame:
    """Those of the study files."""
    return differing[differing["part"] == "study"].drop(columns="part")


def _study(study: Study, in_epochs: bool) -> dict[str, str]:
    """The values by path; a warm-up in epochs where another file gives it so, for either way may be the same."""
    values = study.model_dump(mode="json", exclude={"format", "description", "profiles"})
    if in_epochs:
        values["training"] = with_warmup_in_epochs(study, values["training"])
    return {path: inline(_plain(value)) for path, value in leaves(values)}


def _plain(value: Any) -> Any:
    """1.0 becomes 1, which a study file may write either way."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _circumstances(side: ComparedRun) -> Iterator[tuple[str, str]]:
    manifest = side.tables.manifest
    for package in _PACKAGES:
        if package in manifest.get("versions", {}):
            yield f"version of {package}", manifest["versions"][package]
    if git := manifest.get("git"):
        yield "commit", _commit(git)
    devices = sorted(side.frame.finished["device"].dropna().unique())
    if devices:
        yield "device", ", ".join(devices)
    if data := manifest.get("data"):
        yield "data fingerprint", ", ".join(digits[:_DIGITS] for digits in data.values())
    slots = manifest.get("slots") or {}
    yield from ((f"{name} of a trial", str(slots[name])) for name in ("workers", "cpus", "gpus") if name in slots)


def _commit(git: Mapping[str, Any]) -> str:
    return f"{git['commit'][:_DIGITS]}{' with uncommitted changes' if git['dirty'] else ''}"
