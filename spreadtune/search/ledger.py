"""The ledger: the driver asks it what to train next and tells it what came of it.

It decides with Optuna and remembers in the run's database and folders, so that a driver killed at any point loses
nothing and does nothing twice: a trial's record is stored before its parameters, an outcome is published before Optuna
is told, and the next driver reads both. Single-threaded; the caller holds the run's lock.
"""

import logging
import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, Trial

from spreadtune.run_folder import Outcome, RunFolder, write_atomic
from spreadtune.search import leftovers
from spreadtune.search.assignment import Assignment, trial_label
from spreadtune.search.book import Book
from spreadtune.search.class_counts import BatchClassCounts
from spreadtune.search.database import DatabaseAwayError, close_database, database_url, open_database, study_name
from spreadtune.search.outbox import Outbox
from spreadtune.search.outcomes import settle_outcome, valued
from spreadtune.search.plan import make_plan
from spreadtune.search.progress import Best, Progress, pair_states
from spreadtune.search.pruners import make_pruner
from spreadtune.search.record import Record, Row, Stop
from spreadtune.search.references import References
from spreadtune.search.space import ClassCounts, Space
from spreadtune.spec.load import dump_trial
from spreadtune.spec.metrics import PROXY
from spreadtune.spec.seed import Seed
from spreadtune.spec.study import Study

__all__ = ["Assignment", "Ledger", "Progress"]

_log = logging.getLogger("spreadtune.search")


@dataclass(frozen=True)
class _Held:
    """A trial that is being trained."""

    book: Book
    row: Row
    trial: Trial
    epochs: int


class Ledger:
    """What is to be trained, what is being trained and what came of it, of one run.

    Attributes:
        study: what the run asks.
    """

    def __init__(
        self,
        study: Study,
        run: RunFolder,
        storage: RDBStorage,
        books: Sequence[Book],
        references: References,
        *,
        retry_failed: bool,
    ) -> None:
        self.study = study
        self._search = study.search
        self._run, self._storage, self._books, self._references = run, storage, books, references
        self._plan = make_plan(study.search)
        self._outbox = Outbox()
        self._held: dict[int, _Held] = {}
        self._running: deque[tuple[Book, Row]] = deque()
        self._undrawn: deque[tuple[Book, FrozenTrial]] = deque()
        self._stale = False
        self._take_up()
        self._failed = leftovers.failed(books) if retry_failed else []

    @classmethod
    def open(
        cls,
        study: Study,
        run: RunFolder,
        *,
        storage: str | None = None,
        mean_class_counts: ClassCounts | None = None,
        references: bool = True,
        retry_failed: bool = False,
    ) -> "Ledger":
        """Begin a run, or take it up where its last driver left it. The caller holds ``run.lock()``.

        Trials that ended without Optuna being told are told now.

        Args:
            study: as resolved; its ``search.seeds`` and ``search.trials`` say how much there is to do.
            run: the run's folder.
            storage: an SQLAlchemy URL; SQLite in the run's folder by default.
            mean_class_counts: images per class in an average batch, for windows; read from the data set by default.
            references: whether there are floors and ceilings; none when class and subclass are the same.
            retry_failed: hand out failed pairs and failed references again, once.

        Raises:
            UserError: the database cannot be opened, or is SQLite on a network file system.
        """
        database = open_database(database_url(run, storage))
        counts = mean_class_counts or BatchClassCounts()
        books = [
            Book(
                study_name(run, variant.name),
                Space(variant, counts),
                database,
                direction=study.search.direction,
                pruner=make_pruner(study.search.early_stopping),
            )
            for variant in study.variants()
        ]
        count = make_plan(study.search).reference_seeds if references else 0
        floors = References(study, run, count=count, retry_failed=retry_failed)
        return cls(study, run, database, books, floors, retry_failed=retry_failed)

    def next(self) -> Assignment | None:
        """What to train next; None when nothing is left to hand out.

        In this order: what an earlier driver left running, failed pairs to retry, then the first pair that no trial
        holds. References come after the first pass over the settings. Nothing is asked of Optuna ahead of a free slot.

        Raises:
            DatabaseAwayError: the database does not answer; nothing was handed out, ask again later.
        """
        if not self._outbox.flush():
            raise DatabaseAwayError(self._outbox.seconds_away)
        try:
            with self._outbox.watching():
                if self._stale:
                    self._take_up()
                return self._next()
        except Exception:
            self._stale = True  # a trial may be half written; it is taken up like one of an earlier driver
            raise

    def report(self, number: int, epoch: int, metrics: Mapping[str, float]) -> bool:
        """Take in a trial's epoch; True when the trial is to stop now.

        Optuna gets the metric that stands for the optimized one during training, at the epochs that carry it. An epoch
        that was reported before a resume decides nothing again, nor does the last one: the work is done.
        """
        held = self._held.get(number)
        if held is None or held.row.stop:
            return True  # settled or stopped already: what still reports is an orphan
        value = metrics.get(PROXY.get(self._search.metric, ""))
        if value is None or not math.isfinite(value) or epoch in held.row.reported:
            return False
        held.row.reported.add(epoch)
        if not self._outbox.post(partial(held.trial.report, value, epoch)):
            return False
        if epoch >= held.epochs or not self._should_prune(held.trial):
            return False
        reason = f"stopped early at epoch {epoch} ({self._search.early_stopping.name})"
        held.row.stop = Stop(epoch, dict(metrics), reason)
        self._outbox.post(partial(held.book.write_stop, held.trial, held.row.stop))
        return True

    def settle(self, number: int, *, error: str | None = None) -> Outcome:
        """A trial's worker is done or gone for the last time: publish the outcome, then tell Optuna.

        A second call changes nothing; once an outcome is published, later attempt files are ignored.

        Args:
            number: the trial's.
            error: why the worker is gone, for a trial that left no result and was not stopped.
        """
        book, row = next((book, book.rows[number]) for book in self._books if number in book.rows)
        folder = self._run.trial(number)
        outcome = folder.outcome()
        if outcome is None:
            outcome = valued(settle_outcome(folder, stop=row.stop, error=error), self._search.metric)
            outcome.write(folder.result_file)
        if row.state == "RUNNING":
            row.state = outcome.state
            row.value = outcome.values[self._search.metric] if outcome.state == "COMPLETE" else None
            self._held.pop(number, None)
            self._outbox.post(partial(book.tell, row, outcome, self._search.metric))
        return outcome

    def settle_reference(self, seed: int, *, error: str | None = None) -> Outcome:
        """A reference's worker is done or gone: publish the outcome. A second call changes nothing."""
        return self._references.settle(seed, error)

    def progress(self) -> Progress:
        """Counts for the console; nothing is asked of the database."""
        states = [state for book in self._books for state in pair_states(book.rows)]
        return Progress(
            total=sum(self._plan.total(book.space) for book in self._books),
            complete=states.count("COMPLETE"),
            pruned=states.count("PRUNED"),
            failed=states.count("FAIL"),
            running=states.count("RUNNING"),
            references_total=self._references.total,
            references_done=self._references.done,
            best=self._best(),
        )

    def close(self) -> None:
        """Let go of the database. What it could not be told by now, the next resume tells it."""
        if not self._outbox.flush():
            _log.warning("%d writes did not reach the database; resume the run to repeat them", len(self._outbox))
        close_database(self._storage)

    def _next(self) -> Assignment | None:
        return (
            self._next_running()
            or self._next_undrawn()
            or self._references.next_begun()
            or self._next_failed()
            or self._next_missing()
        )

    def _next_running(self) -> Assignment | None:
        if not self._running:
            return None
        book, row = self._running.popleft()
        trial = book.taken_up(row.optuna_id)
        book.suggest(trial, row.record)
        return self._hand_out(book, row, trial, resumed=True)

    def _next_undrawn(self) -> Assignment | None:
        while self._undrawn:
            book, frozen = self._undrawn.popleft()
            trial = book.taken_up(frozen._trial_id)
            retry = next((row.record for of, row in self._failed_left() if of is book), None)
            number = self._next_number()
            record = retry.retry(number) if retry else self._plan.choose(book, trial, number)
            if record:
                return self._begin(book, trial, record)
            book.drop(trial, "nothing was left to run when it was taken up")
        return None

    def _next_failed(self) -> Assignment | None:
        for book, row in self._failed_left():
            return self._begin(book, book.study.ask(), row.record.retry(self._next_number()))
        return None

    def _next_missing(self) -> Assignment | None:
        if self._plan.first_pass_done(self._books):
            reference = self._references.next_fresh()
            if reference:
                return reference
        book = self._plan.turn(self._books)
        if book is None:
            return None
        trial = book.study.ask()
        record = self._plan.choose(book, trial, self._next_number())
        assert record, "the plan said that something of this variant is missing"
        return self._begin(book, trial, record)

    def _begin(self, book: Book, trial: Trial, record: Record) -> Assignment:
        return self._hand_out(book, book.write(trial, record), trial, resumed=False)

    def _hand_out(self, book: Book, row: Row, trial: Trial, *, resumed: bool) -> Assignment:
        record, folder = row.record, self._run.trial(row.record.trial)
        spec = book.space.variant.trial(record.values, Seed(study=self._search.seed, index=record.seed))
        write_atomic(folder.spec_file, dump_trial(spec))
        self._held[record.trial] = _Held(book, row, trial, spec.training.epochs)
        label = self._label(book, record)
        return Assignment(
            "trial", record.trial, book.variant, record.setting, record.seed, spec, folder, resumed, label
        )

    def _take_up(self) -> None:
        """Read again what the database holds: tell what has ended, line up what has not."""
        for book in self._books:
            book.load()
        self._running.clear()
        for book, row in leftovers.running(self._books, self._held):
            folder = self._run.trial(row.record.trial)
            if row.stop or folder.outcome() or folder.finished_attempt():
                self.settle(row.record.trial)
            else:
                self._running.append((book, row))
        self._undrawn = deque(leftovers.undrawn(self._books))
        self._stale = False

    def _failed_left(self) -> list[tuple[Book, Row]]:
        """Failed pairs that were not retried since the run was opened."""
        retried = {row.record.retry_of for book in self._books for row in book.rows.values()}
        return [(book, row) for book, row in self._failed if row.record.trial not in retried]

    def _next_number(self) -> int:
        """Run-wide, over all variants and over folders whose trial the database does not know."""
        return 1 + max((number for book in self._books for number in (*book.rows, *self._run.trials())), default=-1)

    def _should_prune(self, trial: Trial) -> bool:
        try:
            with self._outbox.watching():
                return trial.should_prune()
        except DatabaseAwayError:
            return False

    def _best(self) -> Best | None:
        finished = [
            (row.value, book, row.record) for book in self._books for row in book.rows.values() if row.value is not None
        ]
        if not finished:
            return None
        choose = max if self._search.direction == "maximize" else min
        value, book, record = choose(finished, key=lambda entry: entry[0])
        return Best(value, record.values, self._label(book, record))

    def _label(self, book: Book, record: Record) -> str:
        return trial_label(record.values, record.seed, book.variant if len(self._books) > 1 else None)
