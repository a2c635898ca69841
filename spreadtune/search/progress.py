"""How far a run is."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from spreadtune.search.book import Book, Direction
from spreadtune.search.plan import Plan
from spreadtune.search.record import Row, TrialStatus
from spreadtune.search.references import References
from spreadtune.search.settings import Value


@dataclass(frozen=True)
class SettingResults:
    """A setting with a finished trial.

    Attributes:
        variant: its variant.
        setting: its number there.
        values: what is searched, by path.
        label: a short text for people.
        results: the optimized metric of its finished trials, one for each seed.
    """

    variant: str
    setting: int
    values: Mapping[str, Value]
    label: str
    results: tuple[float, ...]

    @property
    def mean(self) -> float:
        return fmean(self.results)


@dataclass(frozen=True)
class Progress:
    """Counts of pairs (a setting at a seed); a pair that was retried counts once, as its last trial stands.

    Attributes:
        total: the pairs of the whole study.
        complete, pruned, failed, running: those that have a trial, by its state.
        retrying: those among the failed that wait for another trial.
        references_total, references_done: floors and ceilings, one for each seed that has them.
        settings: every setting with a finished trial.
        best: the one among them with the best mean so far.
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
    books: Sequence[Book], plan: Plan, references: References, direction: Direction, *, retrying: int = 0
) -> Progress:
    """Count what the driver knows, without asking the database.

    Args:
        books: one for each variant.
        plan: which pairs there are.
        references: the run's floors and ceilings.
        direction: of the optimized metric, for the best setting.
        retrying: failed pairs that wait for another trial.
    """
    states = [state for book in books for state in pair_states(book.rows)]
    settings = tuple(found for book in books for found in setting_results(book))
    return Progress(
        total=sum(plan.total(book.space) for book in books),
        complete=states.count("COMPLETE"),
        pruned=states.count("PRUNED"),
        failed=states.count("FAIL"),
        running=states.count("RUNNING"),
        references_total=references.total,
        references_done=references.done,
        retrying=retrying,
        settings=settings,
        best=best_of(settings, direction),
    )


def setting_results(book: Book) -> list[SettingResults]:
    """The settings of a variant that have a finished trial, by their number."""
    finished: dict[int, list[tuple[Row, float]]] = {}
    for row in book.rows.values():
        if row.value is not None:
            finished.setdefault(row.record.setting, []).append((row, row.value))
    return [
        SettingResults(
            book.variant,
            setting,
            of_setting[0][0].record.values,
            book.setting_label(of_setting[0][0].record),
            tuple(value for _, value in of_setting),
        )
        for setting, of_setting in sorted(finished.items())
    ]


def best_of(settings: Iterable[SettingResults], direction: Direction) -> SettingResults | None:
    """The best mean over seeds; equal ones go to the lower variant name, then to the lower setting."""
    sign = -1 if direction == "maximize" else 1
    ordered = sorted(settings, key=lambda found: (sign * found.mean, found.variant, found.setting))
    return next((found for found in ordered if not math.isnan(found.mean)), None)


def pair_states(rows: Mapping[int, Row]) -> list[TrialStatus]:
    """One state for each trial that is no retry: that of the last trial of its pair."""
    last = {row.record.pair: row.state for _, row in sorted(rows.items())}
    return [last[row.record.pair] for row in rows.values() if row.record.retry_of is None]
