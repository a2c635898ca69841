"""What a search that draws its settings is expected to draw, as far as it decides how long a trial takes."""

import math
from typing import Any

from spreadtune.spec.domain import Choice, Domain, Int
from spreadtune.spec.seed import Seed
from spreadtune.spec.trial import TrialSpec
from spreadtune.spec.variant import Variant


def expected_draws(variant: Variant, count: int) -> list[TrialSpec]:
    """``count`` trials in the proportions in which uniform draws would have them.

    A choice is taken at each of its values, a whole number at its two ends, and anything continuous (no step is faster
    for it) at one end. The combinations are lined up, each as long as it is likely, and trials taken at even distances.
    """
    choices = {path: _values(variant.space[path]) for path in variant.draw_order()}
    drawn: list[dict[str, Any]] = []
    reached = 0.0
    for values in variant.settings(choices):
        reached += math.prod(1 / len(choices[path]) for path in values)
        while len(drawn) < count and (len(drawn) + 0.5) / count < reached:
            drawn.append(values)
    assert len(drawn) == count, "the shares of all combinations are one"
    return [variant.trial(values, Seed(study=0)) for values in drawn]


def typical_trial(variant: Variant) -> TrialSpec:
    """A trial of the variant, for what all of them have alike and about what most of them have: the middle one of its
    expected draws."""
    return expected_draws(variant, 1)[0]


def _values(domain: Domain) -> tuple[Any, ...]:
    corners = domain.corners()
    return corners if isinstance(domain, Choice | Int) else corners[-1:]
