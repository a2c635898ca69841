"""How far a run is."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from spreadtune.search.plans.confirmation import Confirmation
from spreadtune.search.plans.plan import Plan
from spreadtune.search.plans.references import References
from spreadtune.search.sampling.settings import Value
from spreadtune.search.storage.book import Book
from spreadtune.search.storage.record import Row, TrialStatus
from spreadtune.spec.goal import Selection


@dataclass(frozen=True)
class SettingResults:
    """A setting with a finished trial.


    Attributes:
        variant: its variant.
        setting: its number there.
        values: what is searched, by path.
        label: a short text for people.
        results: the metric that chooses, of its finished trials, one for each seed.
        means: over seeds, of what else the choice looks at, by name.
        feasible: its means keep the bounds of the study.
    """

    variant: str
    setting: int
    values: Mapping[str, Value]
    label: str
    results: tuple[float, ...]
    means: Mapping[str, float] = field(default_factory=dict)
    feasible: bool = True

    @property
    def mean(self) -> float:
        """Of the metric that chooses."""
        return fmean(self.results)


@dataclass(frozen=True)
class Progress:
    """Counts of pairs (a setting at a seed); a pair that was retried counts once, as its last trial stands.

    Attributes:
        total: the pairs of the whole study, those of its confirmation too.
        complete, pruned, failed, running: those that have a trial, by its state.
        retrying: those among the failed that wait for another trial.
        references_total, references_done: floors and ceilings, one for each seed that has them.
        settings: every setting of the search with a finished trial.
        best: the one among them that comes first so far.
        confirm_total: how many of all pairs are the confirmation's.
    """

    total: int
    complete: int
    pruned: int
    failed: int
    running: int
    references_total: int
    references_done: int
    retrying: int = 0
    settings: tuple[SettingResults, ...] = ()
    best: SettingResults | None = None
    confirm_total: int = 0

    @property
    def trials_done(self) -> int:
        """Pairs that have ended for good, as far as this run goes."""
        return self.complete + self.pruned + self.failed - self.retrying

    @property
    def done(self) -> int:
        return self.trials_done + self.references_done

    @property
    def missing(self) -> int:
        """Pairs and references that have not ended."""
        return self.total + self.references_total - self.done


def count_progress(
    books: Sequence[Book],
    plan: Plan,
    confirmation: Confirmation,
    references: Sequence[References],
    selection: Selection,
    *,
    retrying: int = 0,
) -> Progress:
    """Count what the driver knows, without asking the database.

    Args:
        books: one for each variant.
        plan: which pairs there are.
        confirmation: which ones come after them.
        references: the run's floors and ceilings, of the search and of the confirmation.
        selection: how the best setting is chosen.
        retrying: failed pairs that wait for another trial.
    """
    states = [state for book in (*books, *confirmation.books) for state in pair_states(book.rows)]
    settings = tuple(found for book in books for found in setting_results(book, selection))
    to_confirm = confirmation.total()
    return Progress(
        total=sum(plan.total(book.space) for book in books) + to_confirm,
        complete=states.count("COMPLETE"),
        pruned=states.count("PRUNED"),
        failed=states.count("FAIL"),
        running=states.count("RUNNING"),
        references_total=sum(each.total for each in references),
        references_done=sum(each.done for each in references),
        retrying=retrying,
        settings=settings,
        best=best_of(settings, selection),
        confirm_total=to_confirm,
    )


def setting_results(book: Book, selection: Selection) -> list[SettingResults]:
    """The settings of a variant that have a finished trial, by their number."""
    metric = selection.goal.metric
    finished: dict[int, list[Row]] = {}
    for row in book.rows.values():
        if metric in row.metrics:
            finished.setdefault(row.record.setting, []).append(row)
    return [_results(book, setting, rows, selection) for setting, rows in sorted(finished.items())]


def _results(book: Book, setting: int, rows: Sequence[Row], selection: Selection) -> SettingResults:
    measured = {
        name: [row.metrics[name] for row in rows if name in row.metrics]
        for name in dict.fromkeys((selection.goal.metric, *selection.metrics))
    }
    means = {name: fmean(values) for name, values in measured.items() if values}
    return SettingResults(
        book.variant,
        setting,
        rows[0].record.values,
        book.setting_label(rows[0].record),
        tuple(measured[selection.goal.metric]),
        means,
        feasible=selection.violation(means) == 0,
    )


def best_of(settings: Iterable[SettingResults], selection: Selection) -> SettingResults | None:
    """The setting that comes first by its means; equal ones go to the lower variant name, then to the lower setting."""

    def place(found: SettingResults) -> tuple[tuple[float, ...], str, int]:
        means = {**found.means, selection.goal.metric: found.mean}
        return selection.rank(means), found.variant, found.setting

    return min((found for found in settings if not math.isnan(found.mean)), key=place, default=None)


def pair_states(rows: Mapping[int, Row]) -> list[TrialStatus]:
    """One state for each trial that is no retry: that of the last trial of its pair."""
    last = {row.record.pair: row.state for _, row in sorted(rows.items())}
    return [last[row.record.pair] for row in rows.values() if row.record.retry_of is None]
