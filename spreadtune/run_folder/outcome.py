"""How a trial ended."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from spreadtune.run_folder.files import write_json

State = Literal["COMPLETE", "PRUNED", "FAIL"]
TrialStatus = State | Literal["RUNNING"]


@dataclass(frozen=True)
class Outcome:
    """What ``result.json`` holds.

    A number that is not finite is null in the file and NaN when read.

    Attributes:
        state: COMPLETE, PRUNED (stopped early or diverged: the sampler learns from it) or FAIL (a fault).
        reason: why, for everything but COMPLETE.
        epoch: the last finished epoch, from 1; 0 when none was.
        values: the optimized metrics, by name.
        metrics: everything measured at the end.
        theory: alpha_c, alpha_m, spread as predicted from the realized class counts; from the expected ones where the
            trial was stopped or diverged.
        details: seconds, the attempt's environment, class counts.
    """

    state: State
    reason: str | None = None
    epoch: int = 0
    values: Mapping[str, float] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    theory: Mapping[str, float] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Outcome | None":
        """The outcome in a ``result.json``; None when the file is absent or is not one."""
        try:
            content = json.loads(path.read_bytes())
            numbers = {name: _numbers(content[name]) for name in ("values", "metrics", "theory")}
            return cls(**{**content, **numbers}) if content["state"] in get_args(State) else None
        except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def write(self, path: Path) -> None:
        write_json(path, asdict(self))


def _numbers(values: Mapping[str, float | None]) -> dict[str, float]:
    return {name: math.nan if value is None else value for name, value in values.items()}
