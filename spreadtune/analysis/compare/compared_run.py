"""One run of a comparison: its letter, its name, and its settings in full."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from spreadtune.analysis.by_seed import by_seed
from spreadtune.analysis.frame import Frame, build_frame, setting_specs
from spreadtune.analysis.tables import Tables
from spreadtune.search.results.choice import Setting
from spreadtune.spec.paths import leaves
from spreadtune.spec.trial import TrialSpec

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class ComparedRun:
    """A run as it stands in a comparison.

    Attributes:
        letter: what figures and tables call it; A is what the others are compared with.
        tables: what it left.
    """

    letter: str
    tables: Tables

    @cached_property
    def frame(self) -> Frame:
        return build_frame(self.tables)

    @property
    def named(self) -> str:
        """``A (digits_alpha_sweep/20260301-100000-beef)``, for messages."""
        return f"{self.letter} ({self.tables.run.label})"

    @property
    def best(self) -> Setting:
        best = self.frame.best
        assert best is not None, "a run without a finished trial is refused before"
        return best

    def label(self, setting: Setting) -> str:
        """A setting in words."""
        return str(self.frame.settings.loc[[setting]].iloc[0]["label"])

    @cached_property
    def values(self) -> Mapping[Setting, Mapping[str, Any]]:
        """Everything that a finished setting trains with, by dotted path, without its seed."""
        specs = setting_specs(self.tables.study, self.frame.finished)
        return {key: dict(leaves(_values(spec))) for key, spec in specs.items()}

    @cached_property
    def varying(self) -> list[str]:
        """The paths that take more than one value among its finished settings."""
        paths = dict.fromkeys(path for values in self.values.values() for path in values)
        return [path for path in paths if len({repr(values.get(path)) for values in self.values.values()}) > 1]

    def by_seed(self, setting: Setting, metric: str) -> "pd.Series[float]":
        """A metric of a setting's finished trials, by seed index."""
        return by_seed(self.frame.finished, setting, f"metric.{metric}")


def sides(runs: Sequence[Tables]) -> tuple[ComparedRun, ...]:
    """The runs with their letters, in the order they were named."""
    return tuple(ComparedRun(letter, tables) for letter, tables in zip(LETTERS, runs, strict=False))


def _values(spec: TrialSpec) -> dict[str, Any]:
    """Of a trial with members those of the main one where they are looked for, and all members' own beside them."""
    members = spec.model_dump(mode="json", include={"members"})
    return spec.main_encoder.model_dump(mode="json", exclude={"seed"}) | members
