"""What a study wants of a metric: the most or least of it, or to stay on one side of a number."""

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Direction = Literal["maximize", "minimize"]

BOUND_PATTERN = r"(>=|<=|>|<)\s*([-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?)"
"""Of a bound's text: its relation and its number."""

_RELATIONS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True)
class Goal:
    """As much of a metric as there can be, or as little."""

    metric: str
    direction: Direction

    def loss(self, value: float) -> float:
        """The value with the sign with which less is better."""
        return -value if self.direction == "maximize" else value


@dataclass(frozen=True)
class Bound:
    """A side of a number on which a metric has to be, ``class_accuracy >= 0.9``."""

    metric: str
    relation: str
    limit: float

    @classmethod
    def parse(cls, metric: str, text: object) -> "Bound":
        """From ``>= 0.9``; ValueError where that is no bound."""
        found = re.fullmatch(BOUND_PATTERN, text.strip()) if isinstance(text, str) else None
        if not found or not math.isfinite(float(found[2])):
            raise ValueError(f"expected >=, <=, > or < and a number, for example '>= 0.9', got {text!r}")
        return cls(metric, found[1], float(found[2]))

    @property
    def text(self) -> str:
        """``>= 0.9``, however it was written."""
        return f"{self.relation} {int(self.limit) if self.limit.is_integer() else self.limit!r}"

    def holds(self, value: float) -> bool:
        """Whether a value is on the right side; NaN is on none."""
        return _RELATIONS[self.relation](value, self.limit)

    def violation(self, value: float) -> float:
        """By how much a value is on the wrong side, in the metric's unit: above 0 exactly where the bound is broken.

        Where it holds, minus the distance to the limit: what samplers that know constraints learn from. NaN gives
        infinity.
        """
        if math.isnan(value):
            return math.inf
        beyond = self.limit - value if self.relation.startswith(">") else value - self.limit
        return beyond if self.holds(value) else max(beyond, math.ulp(0.0))  # at the limit itself of a strict bound


@dataclass(frozen=True)
class Selection:
    """How the best of several is chosen: those that keep every bound first, then the least broken; then by a goal.

    Attributes:
        goal: what decides.
        bounds: what is to be kept.
        ties: what tells apart those that are equal in it, in this order.
    """

    goal: Goal
    bounds: tuple[Bound, ...] = ()
    ties: tuple[Goal, ...] = ()

    @property
    def metrics(self) -> tuple[str, ...]:
        """What it looks at."""
        return (self.goal.metric, *(bound.metric for bound in self.bounds), *(tie.metric for tie in self.ties))

    def violation(self, measured: Mapping[str, float]) -> float:
        """The sum over broken bounds of by how much; 0 where all hold. What was not measured breaks its bound."""
        broken = (bound.violation(measured.get(bound.metric, math.nan)) for bound in self.bounds)
        return sum(max(0.0, by) for by in broken)

    def rank(self, measured: Mapping[str, float]) -> tuple[float, ...]:
        """A key to sort by, the best first; what was not measured comes last in its place."""
        goals = (self.goal, *self.ties)
        losses = (goal.loss(measured[goal.metric]) if goal.metric in measured else math.inf for goal in goals)
        return (self.violation(measured), *losses)
