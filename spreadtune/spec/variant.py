"""A variant: the file's values after its overrides, and what is searched around them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from spreadtune.errors import UserError
from spreadtune.spec.domain import Domain, same
from spreadtune.spec.members import MemberConfig, member_of, member_path
from spreadtune.spec.messages import Problem, problems, report
from spreadtune.spec.paths import fill, lookup, overlap
from spreadtune.spec.seed import Seed
from spreadtune.spec.trial import Body, TrialSpec

MAIN = "main"
"""The one variant of a study that names none."""

WINDOW_NEEDS = (
    "objective.temperature",
    "objective.pairs",
    "objective.denominator",
    "data.dataset",
    "data.size",
    "data.train_size",
    "data.batch_size",
    "data.batches",
)
"""What the window of alpha is computed from, so it is drawn after them."""


@dataclass(frozen=True)
class Variant:
    """One way to run the study.

    Attributes:
        name: :data:`MAIN` where the study names none.
        body: the file's values after ``set``, defaults filled in; a plain nested dict.
        space: what is searched, by dotted path in the order of the file.
        space_at: where the space is written, for messages.
    """

    name: str
    body: Mapping[str, Any]
    space: Mapping[str, Domain]
    space_at: str = "search.space"

    @cached_property
    def members(self) -> Mapping[str, MemberConfig]:
        """The encoders of its trials, by name in the order of the file; none where a trial is one encoder."""
        return Body.model_validate(self.body).members

    def trial(self, values: Mapping[str, Any], seed: Seed) -> TrialSpec:
        """The trial with these values at their dotted paths; ``objective.alpha`` is alpha, never a window's position.

        Raises:
            UserError: the values do not make a trial.
        """
        try:
            return TrialSpec.model_validate(fill({**self.body, "seed": seed.model_dump()}, values))
        except ValidationError as error:
            found = [self._placed(problem, values) for problem in problems(error, TrialSpec)]
            raise UserError(report("" if self.name == MAIN else f"variant {self.name}", found)) from error

    @cached_property
    def _drawn_after(self) -> dict[str, list[str]]:
        return {
            path: [other for other in self.space if other in _needs(path, domain)]
            for path, domain in self.space.items()
        }

    def draw_order(self) -> tuple[str, ...]:
        """The paths of the space, each after what its ``when`` and its window look at, otherwise as in the file.

        Raises:
            UserError: the conditions form a cycle.
        """
        order: list[str] = []
        while len(order) < len(self.space):
            ready = (path for path in self.space if path not in order and set(self._drawn_after[path]) <= set(order))
            path = next(ready, None)
            if path is None:
                circle = ", ".join(path for path in self.space if path not in order)
                raise UserError(f"{self.space_at}: the conditions (when, window) of {circle} form a cycle")
            order.append(path)
        return tuple(order)

    def active(self, path: str, values: Mapping[str, Any]) -> bool:
        """Does the ``when`` of ``path`` hold, given the file's values and those drawn before it?"""
        when = self.space[path].when
        if not when:
            return True
        drawn = fill(self.body, values)
        return all(_holds(drawn, other, wanted) for other, wanted in when.items())

    def settings(self, choices: Mapping[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
        """Every combination of these values that the conditions admit, the last path of the draw order fastest."""
        order = [path for path in self.draw_order() if path in choices]

        def extended(depth: int, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
            if depth == len(order):
                yield values
            elif not self.active(path := order[depth], values):
                yield from extended(depth + 1, values)
            else:
                for value in choices[path]:
                    yield from extended(depth + 1, {**values, path: value})

        return extended(0, {})

    def reaching(self, path: str) -> dict[str, Any] | None:
        """Values of the paths before it that make ``path`` searched; None when its ``when`` can never hold."""
        choices = {other: self._telling_values(other) for other in self._ancestors(path)}
        return next((values for values in self.settings(choices) if self.active(path, values)), None)

    def _ancestors(self, path: str) -> set[str]:
        """The searched paths that decide, directly or through others, whether ``path`` is searched."""
        found = set(self.space[path].when)
        for other in reversed(self.draw_order()):
            if other in found:
                found |= set(self.space[other].when)
        return found & set(self.space)

    def _telling_values(self, path: str) -> tuple[Any, ...]:
        """Values of ``path`` that conditions ask for, and one that none of them does."""
        asked = [value for domain in self.space.values() for value in _listed(domain.when.get(path, ()))]
        reached = [value for value in asked if self.space[path].reaches(value)]
        others = [corner for corner in self.space[path].corners() if not any(same(corner, value) for value in reached)]
        return (*reached, *others[:1])

    def _placed(self, problem: Problem, values: Mapping[str, Any]) -> Problem:
        """The problem at the searched path that causes it; elsewhere with the values that lead to it."""
        for path in values:
            if path in self.space and overlap(path, problem.path):
                return Problem(f"{self.space_at}.{problem.path}", problem.text)
        drawn = ", ".join(f"{path} = {value}" for path, value in values.items())
        return Problem(problem.path, f"{problem.text} (with {drawn})" if drawn else problem.text)


def _needs(path: str, domain: Domain) -> set[str]:
    if domain.kind != "window":
        return set(domain.when)
    member = member_of(path)
    own = (member_path(member[0], other) for other in WINDOW_NEEDS) if member else ()
    return {*domain.when, *WINDOW_NEEDS, *own}


def _listed(wanted: Any) -> tuple[Any, ...]:
    return wanted if isinstance(wanted, tuple) else (wanted,)


def _holds(drawn: Mapping[str, Any], path: str, wanted: Any) -> bool:
    """Equality with one of the wanted values; a part compares by its name."""
    try:
        actual = lookup(drawn, path)
    except KeyError:
        return False
    if isinstance(actual, Mapping):
        actual = actual.get("name")
    return any(same(actual, value) for value in _listed(wanted))
