"""How far a run is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spreadtune.search.plans.confirmation import Confirmation
from spreadtune.search.plans.plan import Plan
from spreadtune.search.plans.references import References
from spreadtune.search.results.choice import SettingResults, choose
from spreadtune.search.storage.book import Book
from spreadtune.search.storage.record import Row, TrialStatus
from spreadtune.spec.goal import Selection


@dataclass(frozen=True)
class Progress:
    """Counts of pairs (a setting at a seed); a pair that was retried counts once, as its last trial stands.

    Attributes:
        total: the pairs of the whole study, those of its confirmation too.
        complete, pruned, failed, running: those that have a trial, by its state.
        retrying: those among the failed that wait for another trial.
        references_total, references_done: floors and ceilings, one for each seed that has them.
        settings: every setting of the search with a finished trial, the best first.
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
    choice = choose({book.variant: book.rows for book in books}, selection)
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
        settings=tuple(found for found in choice.settings if found.results),
        best=choice.best,
        confirm_total=to_confirm,
    )


def pair_states(rows: Mapping[int, Row]) -> list[TrialStatus]:
    """One state for each trial that is no retry: that of the last trial of its pair."""
    last = {row.record.pair: row.state for _, row in sorted(rows.items())}
    return [last[row.record.pair] for row in rows.values() if row.record.retry_of is None]
