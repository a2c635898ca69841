"""How far a run is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spreadtune.search.book import Book
from spreadtune.search.confirmation import Confirmation
from spreadtune.search.plan import Plan
from spreadtune.search.record import Row, TrialStatus
from spreadtune.search.references import References
from spreadtune.search.settings import Value
from spreadtune.spec.goal import Selection


@dataclass(frozen=True)
class Best:
    """The best single trial so far. The answer of a study is a mean over seeds; this is for watching.

    Attributes:
        value: of the metric that chooses (``search.metric``).
        params: its setting.
        label: for people.
        feasible: it keeps the study's bounds; else none does, and it breaks them least.
    """

    value: float
    params: Mapping[str, Value]
    label: str
    feasible: bool = True


@dataclass(frozen=True)
class Progress:
    """Counts of pairs (a setting at a seed); a pair that was retried counts once, as its last trial stands.

    Attributes:
        total: the pairs of the whole study, those of its confirmation too.
        complete, pruned, failed, running: those that have a trial, by its state.
        references_total, references_done: floors and ceilings, one for each seed that has them.
        best: the best finished trial of the search, if there is one.
        confirm_total: how many of all pairs are the confirmation's.
    """

    total: int
    complete: int
    pruned: int
    failed: int
    running: int
    references_total: int
    references_done: int
    best: Best | None
    confirm_total: int = 0

    @property
    def missing(self) -> int:
        """Pairs and references that have not ended."""
        ended = self.complete + self.pruned + self.failed + self.references_done
        return self.total + self.references_total - ended


def count_progress(
    books: Sequence[Book], plan: Plan, confirmation: Confirmation, references: References, selection: Selection
) -> Progress:
    """Count what the driver knows, without asking the database.

    Args:
        books: one for each variant.
        plan: which pairs there are.
        confirmation: which ones come after them.
        references: the run's floors and ceilings.
        selection: how the best trial is chosen.
    """
    states = [state for book in (*books, *confirmation.books) for state in pair_states(book.rows)]
    to_confirm = confirmation.total()
    return Progress(
        total=sum(plan.total(book.space) for book in books) + to_confirm,
        complete=states.count("COMPLETE"),
        pruned=states.count("PRUNED"),
        failed=states.count("FAIL"),
        running=states.count("RUNNING"),
        references_total=references.total,
        references_done=references.done,
        best=_best_trial(books, selection),
        confirm_total=to_confirm,
    )


def _best_trial(books: Sequence[Book], selection: Selection) -> Best | None:
    metric = selection.goal.metric
    finished = [(row, book) for book in books for row in book.rows.values() if metric in row.metrics]
    if not finished:
        return None
    row, book = min(finished, key=lambda entry: selection.rank(entry[0].metrics))
    kept = selection.violation(row.metrics) == 0
    return Best(row.metrics[metric], row.record.values, book.label(row.record), feasible=kept)


def pair_states(rows: Mapping[int, Row]) -> list[TrialStatus]:
    """One state for each trial that is no retry: that of the last trial of its pair."""
    last = {row.record.pair: row.state for _, row in sorted(rows.items())}
    return [last[row.record.pair] for row in rows.values() if row.record.retry_of is None]
