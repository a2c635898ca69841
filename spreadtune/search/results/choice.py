"""Which setting of a search is the best: decided here, once, over all its variants, for whoever names one.

The driver asks with the trials in its books, a list of runs with those in the database or in the run's folder, a report
with those in its table. All are the same trials, so all are answered alike.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean

from spreadtune.search.assignment import setting_label
from spreadtune.search.sampling.settings import Value
from spreadtune.search.storage.record import Row, Rows
from spreadtune.spec.goal import Selection

Setting = tuple[str, int]
"""A setting's variant and its number there."""


@dataclass(frozen=True)
class SettingResults:
    """A setting with a finished trial.

    Attributes:
        variant: its variant.
        setting: its number there.
        values: what is searched, by path.
        label: a short text for people, with the variant's name where there are several.
        results: the metric that chooses, of its finished trials, one for each seed.
        means: over those trials, of all that the choice looks at, by name.
        violation: by how much its means break the study's bounds, summed; 0 where they keep all.
        lucky: it may have been lucky: it has one result, where racing has repeated what promised most.
    """

    variant: str
    setting: int
    values: Mapping[str, Value]
    label: str
    results: tuple[float, ...]
    means: Mapping[str, float] = field(default_factory=dict)
    violation: float = 0.0
    lucky: bool = False

    @property
    def key(self) -> Setting:
        return self.variant, self.setting

    @property
    def mean(self) -> float:
        """Of the metric that chooses."""
        return fmean(self.results)

    @property
    def feasible(self) -> bool:
        """Its means keep the bounds of the study."""
        return self.violation == 0


@dataclass(frozen=True)
class Choice:
    """The settings of a search in the order in which they would be chosen.

    Attributes:
        selection: how.
        settings: those with a finished trial, the best first; at the end those without the metric that chooses.
    """

    selection: Selection
    settings: tuple[SettingResults, ...]

    @property
    def best(self) -> SettingResults | None:
        """The best of all; None where no finished trial has the metric that chooses."""
        return next(self._candidates(), None)

    @property
    def ties(self) -> list[SettingResults]:
        """The best and those that are as good; of these it has the lowest variant name, then the lowest number."""
        best = self.best
        return [found for found in self._candidates() if best and self._rank(found) == self._rank(best)]

    @property
    def of_variants(self) -> dict[str, SettingResults]:
        """The best of every variant that has one: what a confirmation trains.

        One that may have been lucky stands for a variant that has no other.
        """
        best: dict[str, SettingResults] = {}
        for found in self._candidates():
            best.setdefault(found.variant, found)
        return best

    def among(self, settings: Iterable[Setting]) -> "Choice":
        """The same order of these settings alone."""
        kept = set(settings)
        return Choice(self.selection, tuple(found for found in self.settings if found.key in kept))

    def _candidates(self) -> Iterator[SettingResults]:
        return (found for found in self.settings if found.results)

    def _rank(self, found: SettingResults) -> tuple[bool, tuple[float, ...]]:
        return found.lucky, self.selection.rank(found.means)


def choose(searched: Mapping[str, Rows], selection: Selection) -> Choice:
    """Rank the settings of a search by their means over finished trials.

    Settings that keep every bound come before the others, and of those the one that breaks them least; then the goal
    decides. Equal ones go to the lower variant name, then to the lower setting.

    The best of many settings that ran once is partly the luckiest. So where racing has repeated any setting, in
    whatever variant, those with one result come after all with several, at whatever seeds: a lucky one of a variant
    without repeats would beat means of another. A duplicate is a further result, but it starts no such rule, for a
    sampler comes back to a setting by chance, and to the only one of a variant that searches nothing at every trial.

    Args:
        searched: the search's trials, by the name of every variant.
        selection: by which metric, under which bounds.
    """
    finished = {
        variant: [row for row in rows.values() if row.state == "COMPLETE"] for variant, rows in searched.items()
    }
    found = [
        _results(variant, rows, selection, alone=len(searched) == 1)
        for variant, of_variant in finished.items()
        for rows in _by_setting(of_variant)
    ]
    raced = any(row.record.repeat_of is not None for rows in finished.values() for row in rows)
    if raced and any(len(each.results) > 1 for each in found):
        found = [replace(each, lucky=len(each.results) == 1) for each in found]
    found.sort(key=lambda each: (not each.results, each.lucky, selection.rank(each.means), each.key))
    return Choice(selection, tuple(found))


def _by_setting(rows: Sequence[Row]) -> list[list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.record.setting, []).append(row)
    return list(found.values())


def _results(variant: str, rows: Sequence[Row], selection: Selection, *, alone: bool) -> SettingResults:
    measured = {
        name: tuple(row.metrics[name] for row in rows if math.isfinite(row.metrics.get(name, math.nan)))
        for name in selection.metrics
    }
    means = {name: fmean(values) for name, values in measured.items() if values}
    results, record = measured[selection.goal.metric], rows[0].record
    label = setting_label(record.values)
    return SettingResults(
        variant,
        record.setting,
        record.values,
        label if alone else ": ".join(filter(None, (variant, label))),
        results,
        means,
        selection.violation(means),
    )
