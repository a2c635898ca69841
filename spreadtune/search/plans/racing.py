"""Racing: which setting of an adaptive search gets a further seed before a new one is drawn.

One seed flatters: the best of many settings that ran once is partly the luckiest. So promising settings run again, and
the database alone says which, so that a killed driver's successor races on as its predecessor would have.
"""

import math
from collections.abc import Iterable, Mapping

from spreadtune.search.storage.record import Row
from spreadtune.spec.goal import Selection

START = 5
"""Settings that have to be finished before any is repeated: less of a field is no race."""
SHARE = 3
"""At most one trial in so many repeats a setting."""


def next_repeat(rows: Iterable[Row], *, seeds: int, selection: Selection) -> Row | None:
    """The first trial of the setting that is to run at its next seed; None when a new one is to be drawn.

    In the race are the settings that keep the study's bounds; where none does, the one that breaks them least.
    Setting i is promising when its mean lies within one standard error of its difference to the best mean,
    |mean_i - mean_best| <= s sqrt(1/n_i + 1/n_best), s being the standard deviation over seeds, pooled over the
    settings that have several. Before there are any it is 0, and the best alone is promising. Of the promising settings
    with fewer than ``seeds`` trials, and none in training, the one with the best mean comes first, then the lower
    number.

    Args:
        rows: the variant's trials.
        seeds: the most that a setting gets.
        selection: how the best is chosen.
    """
    rows = list(rows)
    counted = [row for row in rows if row.record.retry_of is None]
    repeats = sum(row.record.repeat_of is not None for row in counted)
    held: dict[int, list[Row]] = {}
    for row in rows:
        held.setdefault(row.record.setting, []).append(row)
    goal = selection.goal
    finished = {setting: [row.metrics for row in of_setting if row.metrics] for setting, of_setting in held.items()}
    values = {
        setting: [-goal.loss(metrics[goal.metric]) for metrics in found if goal.metric in metrics]
        for setting, found in finished.items()
    }
    means = {setting: math.fsum(found) / len(found) for setting, found in values.items() if found}
    if len(means) < START or SHARE * (repeats + 1) > len(counted) + 1:
        return None
    field = _least_broken({setting: finished[setting] for setting in means}, selection)
    best = max(field, key=lambda setting: (means[setting], -setting))
    s = _pooled_deviation(values.values())
    promising = [
        setting
        for setting in field
        if means[best] - means[setting] <= s * math.sqrt(1 / len(values[setting]) + 1 / len(values[best]))
        and len({row.record.seed for row in held[setting]}) < seeds
        and all(row.state != "RUNNING" for row in held[setting])
    ]
    if not promising:
        return None
    chosen = max(promising, key=lambda setting: (means[setting], -setting))
    return min(held[chosen], key=lambda row: row.record.trial)


def _least_broken(finished: Mapping[int, list[Mapping[str, float]]], selection: Selection) -> list[int]:
    """The settings that keep the bounds by their means; where none does, those that break them least."""
    broken = {setting: selection.violation(_means(found)) for setting, found in finished.items()}
    least = min(broken.values())
    return [setting for setting, by in broken.items() if by == least]


def _means(finished: list[Mapping[str, float]]) -> dict[str, float]:
    """What the finished trials of a setting measured, on average."""
    names = set.intersection(*(set(metrics) for metrics in finished))
    return {name: math.fsum(metrics[name] for metrics in finished) / len(finished) for name in names}


def _pooled_deviation(groups: Iterable[list[float]]) -> float:
    """sqrt(sum of squared deviations from the groups' means / degrees of freedom); 0 without any."""
    squares, freedom = 0.0, 0
    for group in groups:
        if len(group) > 1:
            mean = math.fsum(group) / len(group)
            squares += math.fsum((value - mean) ** 2 for value in group)
            freedom += len(group) - 1
    return math.sqrt(squares / freedom) if freedom else 0.0
