"""What the speed of a trial depends on, and how fast one is."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from spreadtune.spec.parts import OwnPart
from spreadtune.spec.paths import leaves
from spreadtune.spec.trial import TrialSpec

Shape = tuple[tuple[str, Any], ...]
"""Values by dotted path. Trials of one shape take equally long for an epoch, an evaluation and their probes."""

_WITHOUT_COST = (
    "objective.alpha",  # both terms are computed whatever their weights
    "training.epochs",
    "training.learning_rate",
    "training.weight_decay",
    "training.warmup",
    "training.warmup_epochs",
    "training.checkpoint_every",
    "training.checkpoints",
    "training.time_limit",
)

_OF_RECONSTRUCTION = ("model.decoder", "model.corruption")


@dataclass(frozen=True)
class Pace:
    """How fast trials of a shape are on the device they were measured on.

    Attributes:
        epoch: seconds of training, in one worker.
        evaluation: seconds of the neighbors and the spread during training.
        end: seconds of everything measured after the last epoch.
        checkpoint: seconds to write one.
        checkpoint_bytes: its size.
    """

    epoch: float
    evaluation: float
    end: float
    checkpoint: float
    checkpoint_bytes: int


def shape_of(spec: TrialSpec) -> Shape:
    """The shape of a trial. Rates, temperatures and alpha are no part of it, nor is a decoder that nothing weighs.

    Of other numbers of an augmentation or objective it is told whether they are zero: what has probability or weight
    zero is not computed. Own parts may do anything with their arguments, which are all kept.
    """
    values = dict(leaves(spec.model_dump(mode="json", include={"data", "model", "objective", "training"})))
    weighed = spec.objective.autoencoder_weight > 0
    return tuple(
        (path, _told(value, path.startswith(_rough_places(spec))))
        for path, value in values.items()
        if path not in _WITHOUT_COST and (weighed or not path.startswith(_OF_RECONSTRUCTION))
    )


def describe_shapes(shapes: Sequence[Shape]) -> dict[Shape, str]:
    """Each shape by the values that tell it from the others, as few as do; empty for a single one."""
    tables = [dict(shape) for shape in shapes]
    paths = dict.fromkeys(path for table in tables for path in table)
    telling: list[str] = []
    for path in sorted(paths, key=lambda path: not all(path in table for table in tables)):  # what all have goes first
        if _kinds(tables, [*telling, path]) > _kinds(tables, telling):
            telling.append(path)
    return {
        shape: ", ".join(f"{path} {table[path]}" for path in telling if path in table)
        for shape, table in zip(shapes, tables, strict=True)
    }


def _kinds(tables: Sequence[dict[str, Any]], paths: Sequence[str]) -> int:
    """How many of them these paths tell apart."""
    return len({tuple(repr(table.get(path)) for path in paths) for table in tables})


def _rough_places(spec: TrialSpec) -> tuple[str, ...]:
    """Where a number with a fraction tells no more than whether it is zero."""
    parts = {
        "data.augmentation.": spec.data.augmentation,
        "model.corruption.": spec.model.corruption,
        "objective.": spec.objective,
    }
    return tuple(place for place, part in parts.items() if not isinstance(part, OwnPart))


def _told(value: Any, roughly: bool) -> Any:
    if roughly and isinstance(value, float):
        return "above 0" if value > 0 else "0"
    return json.dumps(value) if isinstance(value, list | dict) else value
