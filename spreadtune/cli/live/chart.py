"""What the plot of a running study shows: the optimized metric against alpha, or whatever number is searched first."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from spreadtune.search.assignment import setting_label
from spreadtune.search.plans.draws import typical_trial
from spreadtune.search.results.choice import SettingResults
from spreadtune.spec.domain import Choice, Domain, Grid, LogUniform, Scalar, Window
from spreadtune.spec.members import plain_path
from spreadtune.spec.paths import lookup
from spreadtune.spec.study import Study, Variant

FIRST_CHOICE = "objective.alpha"
TOLD_APART_FIRST = "objective.temperature"
VARIANT = "variant"
MOST_SERIES = 5


@dataclass(frozen=True)
class Point:
    """A setting in a plot.

    Attributes:
        series: counted from 0.
        x: where it stands.
        mean: over its seeds.
        lowest, highest: of its seeds.
    """

    series: int
    x: float
    mean: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class Chart:
    """What is plotted against what. It depends on the study alone, so nothing jumps while points arrive.

    Attributes:
        metric: what is optimized.
        path: the searched number it is plotted against.
        ends: of that number, as the study file gives them; None where only the trials tell (a window of alpha).
        logarithmic: whether its axis is.
        apart: the values that tell series apart, by path, and by ``variant`` where there are several.
        bodies: the file's values in each variant, for what a variant does not search.
    """

    metric: str
    path: str
    ends: tuple[float, float] | None
    logarithmic: bool
    apart: Mapping[str, Sequence[Scalar]]
    bodies: Mapping[str, Mapping[str, Any]] = field(repr=False)

    @classmethod
    def of(cls, study: Study) -> "Chart | None":
        """The chart of a study; None where it searches no number."""
        bodies = {variant.name: _body(variant) for variant in study.variants()}
        spaces: dict[str, list[Domain]] = {}
        for variant in study.variants():
            for path, domain in variant.space.items():
                spaces.setdefault(plain_path(path), []).append(domain)
        numeric = [path for path, domains in spaces.items() if all(map(_is_numeric, domains))]
        if not numeric:
            return None
        path = FIRST_CHOICE if FIRST_CHOICE in numeric else numeric[0]
        domains = spaces.pop(path)
        searched = {variant.name: set(map(plain_path, variant.space)) for variant in study.variants()}
        fixed = [_value(bodies[name], path) for name, paths in searched.items() if path not in paths]
        logarithmic = all(isinstance(domain, LogUniform) for domain in domains) and not fixed
        return cls(
            study.search.metric, path, _ends(domains, fixed), logarithmic, _told_apart(spaces, list(bodies)), bodies
        )

    @property
    def series(self) -> list[str]:
        """The names of the series; one empty name where all points are of one."""
        names = [""]
        for path, values in self.apart.items():
            words = [str(value) if path == VARIANT else setting_label({path: value}) for value in values]
            names = [", ".join(filter(None, (name, word))) for name in names for word in words]
        return names

    def points(self, settings: Iterable[SettingResults]) -> list[Point]:
        """The settings that have a place in the plot: those with finite numbers."""
        return [point for setting in settings if (point := self._point(setting))]

    def _point(self, setting: SettingResults) -> Point | None:
        x, results = self._value_of(setting, self.path), [*filter(math.isfinite, setting.results)]
        if not (_is_number(x) and math.isfinite(x) and results):
            return None
        series = 0
        for path, values in self.apart.items():
            own = self._value_of(setting, path)
            series = series * len(values) + (values.index(own) if own in values else 0)
        lowest, highest = min(results), max(results)
        return Point(series, float(x), min(max(fmean(results), lowest), highest), lowest, highest)

    def _value_of(self, setting: SettingResults, path: str) -> Any:
        if path == VARIANT:
            return setting.variant
        searched = {plain_path(own): value for own, value in setting.values.items()}
        return searched[path] if path in searched else _value(self.bodies[setting.variant], path)


def _body(variant: Variant) -> Mapping[str, Any]:
    """What a variant does not search; of members that of the main one."""
    return typical_trial(variant).main_encoder.model_dump() if variant.members else variant.body


def _value(body: Mapping[str, Any], path: str) -> Any:
    """The file's value; a part's is its name, and where the path leads nowhere there is none."""
    try:
        value = lookup(body, path)
    except KeyError:
        return None
    return value.get("name") if isinstance(value, Mapping) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_numeric(domain: Domain) -> bool:
    return all(map(_is_number, domain.corners()))


def _ends(domains: Sequence[Domain], fixed: Sequence[Any]) -> tuple[float, float] | None:
    if any(isinstance(domain, Window) for domain in domains):
        return None
    numbers = [value for domain in domains for value in domain.corners()] + [*filter(_is_number, fixed)]
    low, high = min(map(float, numbers)), max(map(float, numbers))
    return (low, high) if low < high else None


def _told_apart(spaces: Mapping[str, Sequence[Domain]], variants: Sequence[str]) -> dict[str, Sequence[Scalar]]:
    """Variants, temperatures, then other listed values, as long as there are few enough series to tell apart."""
    candidates: dict[str, Sequence[Scalar]] = {VARIANT: variants}
    for path in sorted(spaces, key=lambda path: path != TOLD_APART_FIRST):
        first, *others = spaces[path]
        if isinstance(first, Grid | Choice) and all(other == first for other in others):
            candidates[path] = first.corners()
    chosen: dict[str, Sequence[Scalar]] = {}
    for path, values in candidates.items():
        if len(values) > 1 and len(values) * math.prod(map(len, chosen.values())) <= MOST_SERIES:
            chosen[path] = values
    return chosen
