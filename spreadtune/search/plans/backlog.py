"""What is still to be trained, one trial at a time: begun before, failed before, never begun.

Nothing is asked of Optuna before it is wanted: what was never begun is only counted, by the plan.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from optuna.trial import FrozenTrial, Trial

from spreadtune.run_folder import RunFolder
from spreadtune.search.assignment import Assignment
from spreadtune.search.optuna_internals import storage_id
from spreadtune.search.plans.plan import Pairs
from spreadtune.search.storage.book import Book
from spreadtune.search.storage.record import Record, Row
from spreadtune.spec.seed import Seed


@dataclass(frozen=True)
class Ready:
    """A trial that is drawn and stored, and that nobody trains yet.

    Attributes:
        book: of its variant.
        row: what was drawn for it.
        trial: Optuna's handle on it.
        resumed: it was begun by an earlier driver.
    """

    book: Book
    row: Row
    trial: Trial
    resumed: bool

    @property
    def number(self) -> int:
        return self.row.record.trial

    def assignment(self, run: RunFolder, *, study_seed: int) -> Assignment:
        """What its worker needs to know; nothing is written."""
        record = self.row.record
        return Assignment(
            kind="trial",
            number=record.trial,
            variant=self.book.variant,
            setting=record.setting,
            seed=record.seed,
            spec=self.book.space.variant.trial(
                record.values, Seed(study=study_seed, stage=record.stage, index=record.seed)
            ),
            folder=run.trial(record.trial),
            resumed=self.resumed,
            label=self.book.label(record),
        )


class Backlog:
    """The trials that are still to be trained.

    Each method takes the next one of a kind and is empty-handed (None) when there is none left. A trial that is new
    gets its run-wide number here, under the run's lock, and is stored before it is returned.

    Args:
        run: the run's folder.
        books: one for each variant.
        plan: which pairs (a setting at a seed) there are.
        beside: the books of another stage of the run, with which trials share their numbers.
    """

    def __init__(self, run: RunFolder, books: Sequence[Book], plan: Pairs, beside: Sequence[Book] = ()) -> None:
        self._run, self._books, self._plan, self._beside = run, books, plan, beside
        self._running: deque[tuple[Book, Row]] = deque()
        self._undrawn: deque[tuple[Book, FrozenTrial]] = deque()
        self._failed: Sequence[tuple[Book, Row]] = ()

    def line_up(self, running: Iterable[tuple[Book, Row]], undrawn: Iterable[tuple[Book, FrozenTrial]]) -> None:
        """What an earlier driver, or an outage of the database, left behind; in place of what was lined up before."""
        self._running, self._undrawn = deque(running), deque(undrawn)

    def retry(self, failed: Sequence[tuple[Book, Row]]) -> None:
        """Failed pairs to be tried again, once each."""
        self._failed = failed

    def next_of_any(self) -> Ready | None:
        """The next one, in the order of the methods below."""
        return self.next_running() or self.next_undrawn() or self.next_failed() or self.next_missing()

    def next_running(self) -> Ready | None:
        """A trial that was drawn and has not ended, under its own number."""
        if not self._running:
            return None
        book, row = self._running.popleft()
        trial = book.taken_up(row.optuna_id)
        book.suggest(trial, row.record)
        return Ready(book, row, trial, resumed=True)

    def next_undrawn(self) -> Ready | None:
        """A trial that was asked for and not drawn, drawn as if asked for now; closed when nothing is left for it."""
        while self._undrawn:
            book, frozen = self._undrawn.popleft()
            trial = book.taken_up(storage_id(frozen))
            failed = next((row.record for of, row in self._failed_left() if of is book), None)
            number = self._next_number()
            record = failed.retry(number) if failed else self._plan.choose(book, trial, number)
            if record:
                return self._stored(book, trial, record)
            book.drop(trial, "nothing was left to run when it was taken up")
        return None

    def next_failed(self) -> Ready | None:
        """A failed pair once more, as a new trial."""
        for book, row in self._failed_left():
            return self._stored(book, book.study.ask(), row.record.retry(self._next_number()))
        return None

    @property
    def retrying(self) -> int:
        """How many failed pairs wait for another trial."""
        return len(self._failed_left())

    def next_missing(self) -> Ready | None:
        """The first pair that no trial holds."""
        book = self._plan.turn(self._books)
        if book is None:
            return None
        trial = book.study.ask()
        record = self._plan.choose(book, trial, self._next_number())
        assert record, "the plan said that something of this variant is missing"
        return self._stored(book, trial, record)

    def _stored(self, book: Book, trial: Trial, record: Record) -> Ready:
        return Ready(book, book.write(trial, record), trial, resumed=False)

    def _failed_left(self) -> list[tuple[Book, Row]]:
        """Failed pairs that were not retried since the run was opened."""
        retried = {row.record.retry_of for book in self._books for row in book.rows.values()}
        return [(book, row) for book, row in self._failed if row.record.trial not in retried]

    def _next_number(self) -> int:
        """Run-wide, over all variants and stages, and over folders whose trial the database does not know."""
        books = (*self._books, *self._beside)
        return 1 + max((number for book in books for number in (*book.rows, *self._run.trials())), default=-1)
