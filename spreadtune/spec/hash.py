"""Are two studies the same question? What runs are resumed by."""

import hashlib
import json
from typing import Any

from spreadtune.spec.paths import leaves, overlap
from spreadtune.spec.study import Study

_NOT_PART: dict[str, Any] = {
    "format": True,
    "description": True,
    "resources": True,
    "profiles": True,
    "data": {"placement"},
    "training": {"checkpoints"},
    "search": {"trials", "seeds", "confirm", "select_on"},
}

_LATER = {"training": ("time_limit",)}
"""Keys that came when there were runs already: unset they are left out, so that an older run keeps its hash."""

_SAME_EPOCHS = 5e-4
"""A share such as 0.0667 of 30 epochs, which cannot be written exactly, is meant to be two of them."""

_ONE_VALUE = {"training": {"optimizer": "adamw"}, "evaluation": {"transfer": "linear_probe"}}
"""Keys that are written no longer, for they have one value: runs were hashed with them."""


def study_hash(study: Study) -> str:
    """SHA-256, in hex, of the resolved file as JSON with sorted keys.

    Left out is what does not change a trial's outcome: description, resources, ``data.placement``,
    ``training.checkpoints``, the counts ``search.trials``, ``search.seeds`` and ``search.confirm`` (a run may be
    extended), ``search.select_on`` (how the best is chosen among them), the variants' ``against`` (what the report
    compares), profiles (already applied) and the format.
    """
    text = json.dumps(_question(study), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def difference(old: Study, new: Study) -> list[str]:
    """``path: old -> new``, a line for every value in which two studies of different hash differ."""
    before, after = (dict(leaves(_question(study))) for study in (old, new))
    paths = [*before, *(path for path in after if path not in before)]
    return [
        f"{path}: {_shown(before, path)} -> {_shown(after, path)}"
        for path in paths
        if _shown(before, path) != _shown(after, path)
    ]


def _question(study: Study) -> dict[str, Any]:
    values: dict[str, Any] = _plain_numbers(study.model_dump(mode="json", exclude=_NOT_PART))
    for section, constants in _ONE_VALUE.items():
        values[section] |= constants
    for section, keys in _LATER.items():
        for key in keys:
            if values[section][key] is None:
                del values[section][key]
    for variant in values["search"]["variants"].values():
        variant.pop("against", None)  # what the report compares changes no trial
    values["training"] = with_warmup_in_epochs(study, values["training"])
    return values


def with_warmup_in_epochs(study: Study, training: dict[str, Any]) -> dict[str, Any]:
    """A warm-up in whole epochs is one question however it is written, where no variant and no search moves either
    number: runs from before the share have epochs."""
    if "warmup" not in training:
        return training
    search = study.search
    moved = [path for space in search.spaces().values() for path in space]
    moved += [path for variant in search.variants.values() for path in variant.set]
    fixed = not any(overlap(path, f"training.{key}") for path in moved for key in ("epochs", "warmup"))
    epochs = training["warmup"] * training["epochs"]
    if training["warmup"] and not (fixed and abs(epochs - round(epochs)) < _SAME_EPOCHS):
        return training
    rest = {key: value for key, value in training.items() if key != "warmup"}
    return rest | {"warmup_epochs": round(epochs)}


def _plain_numbers(value: Any) -> Any:
    """1.0 becomes 1: a domain may be written either way."""
    if isinstance(value, dict):
        return {key: _plain_numbers(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(child) for child in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _shown(values: dict[str, Any], path: str) -> str:
    return json.dumps(values[path]) if path in values else "(absent)"
