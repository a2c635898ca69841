"""The ledger: the driver asks it what to train next and tells it what came of it.

It decides with Optuna and remembers in the run's database and folders, so that a driver killed at any point loses
nothing and does nothing twice: a trial's record is stored before its parameters, an outcome is published before Optuna
is told, and the next driver reads both. Single-threaded; the caller holds the run's lock.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from optuna.storages import RDBStorage

from spreadtune.run_folder import Outcome, RunFolder, write_atomic
from spreadtune.run_folder.retention import thin
from spreadtune.search.assignment import Assignment
from spreadtune.search.plans import leftovers
from spreadtune.search.plans.backlog import Backlog, Ready
from spreadtune.search.plans.confirmation import TEST_REFERENCES, Confirmation
from spreadtune.search.plans.plan import make_plan
from spreadtune.search.plans.references import References
from spreadtune.search.results.outcomes import finished_metrics, restored_outcome, settle_outcome, valued
from spreadtune.search.results.progress import Progress, count_progress, planned_pairs
from spreadtune.search.sampling.class_counts import BatchClassCounts
from spreadtune.search.sampling.space import ClassCounts
from spreadtune.search.stopping.early_stopping import EarlyStopping
from spreadtune.search.stopping.watched import Deciding, watched
from spreadtune.search.storage.book import Book
from spreadtune.search.storage.books import open_books
from spreadtune.search.storage.database import close_database, database_url, local_file, open_database
from spreadtune.search.storage.faults import AWAY, DatabaseAwayError, DatabaseDamagedError, fault_of
from spreadtune.search.storage.folders import write_record
from spreadtune.search.storage.outbox import Outbox
from spreadtune.search.storage.record import Row
from spreadtune.spec.load import dump_trial
from spreadtune.spec.seed import Seed, Stage
from spreadtune.spec.study import Study

__all__ = ["Assignment", "Ledger", "Progress"]

_log = logging.getLogger("spreadtune.search")


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
        confirming: Sequence[Book],
        references: References,
        test_references: References,
    ) -> None:
        self.study = study
        self._run, self._storage, self._books = run, storage, books
        self._references, self._test_references = references, test_references
        self._plan = make_plan(study.search)
        self._planned = planned_pairs(study)
        self._confirmation = Confirmation(study, self._planned, books, confirming)
        self._outbox = Outbox(local_file(storage.engine.url))
        self._backlog = Backlog(run, books, self._plan, beside=confirming)
        self._confirming = Backlog(run, confirming, self._confirmation, beside=books)
        self._stopping = EarlyStopping(study.search, self._outbox)
        self._stale = False
        with self._outbox.watching():
            self._take_up()

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
            mean_class_counts: images per class in an average batch, for windows and for the theory of stopped trials;
                read from the data set by default.
            references: whether there are floors and ceilings; none when class and subclass are the same.
            retry_failed: hand out failed pairs and failed references again, once.

        Raises:
            UserError: the database cannot be opened, or is SQLite on a network file system.
            FaultError: it does not answer, it is damaged or gone, or its disk takes no more.
        """
        url = database_url(run, storage)
        if storage is None and run.trials() and not run.database_file.exists():
            raise DatabaseDamagedError(run.database_file, "it is gone")
        database, counts = open_database(url), mean_class_counts or BatchClassCounts()
        try:
            books = open_books(study, run, database, counts)
            confirming = open_books(study, run, database, counts, "confirm") if study.search.confirm else []
        except AWAY as error:
            raise fault_of(error, local_file(url)) from error
        count = make_plan(study.search).reference_seeds if references else 0
        floors = References(study, run, count=count, retry_failed=retry_failed)
        count = TEST_REFERENCES if references and study.search.confirm else 0
        test_floors = References(study, run, count=count, retry_failed=retry_failed, stage="confirm")
        ledger = cls(study, run, database, books, confirming, floors, test_floors)
        ledger._republish()
        if retry_failed:
            ledger._backlog.retry(leftovers.failed(books))
            ledger._confirming.retry(leftovers.failed(confirming))
        return ledger

    def learn(self, earlier: Mapping[str, Mapping[int, Row]], run: str) -> int:
        """Begin with what another run found, by variant; how many of its trials the samplers learn from.

        To be done before anything is handed out. The trials are in the database, where a resume finds them.
        """
        return sum(book.learn(earlier.get(book.variant, {}).values(), run) for book in self._books)

    def next(self) -> Assignment | None:
        """What to train next; None when nothing is left to hand out, or nothing yet, see :attr:`waits`.

        In this order: what an earlier driver left running, failed pairs to retry, then the first pair that no trial
        holds. References come after the first pass over the settings, the confirmation when the whole search has ended,
        in the same order among its own, and its reference at the very end. Nothing is asked of Optuna ahead of a free
        slot.

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

    @property
    def waits(self) -> bool:
        """Whether there will be more to hand out when the trials in training have ended: the confirmation."""
        return self._confirmation.waits

    def report(self, number: int, epoch: int, metrics: Mapping[str, float]) -> bool:
        """Take in a trial's epoch; True when the trial is to stop now.

        Optuna gets the metric that stands for the watched one during training, at the epochs that carry it. An epoch
        that was reported before a resume decides nothing again, nor does the last one: the work is done.
        """
        return self._stopping.report(number, epoch, metrics)

    def settle(self, number: int, *, error: str | None = None) -> Outcome:
        """A trial's worker is done or gone for the last time: publish the outcome, then tell Optuna.

        Checkpoints that ``training.checkpoints`` does not keep are removed in between.

        A second call changes nothing; once an outcome is published, later attempt files are ignored.

        Args:
            number: the trial's.
            error: why the worker is gone, for a trial that left no result and was not stopped.
        """
        book, row = next((book, book.rows[number]) for book in self._all_books if number in book.rows)
        folder = self._run.trial(number)
        outcome = folder.outcome()
        if outcome is None:
            outcome = valued(settle_outcome(folder, stop=row.stop, error=error), self.study.search)
            if outcome.state == "PRUNED" and not outcome.theory:  # a trial records it at its last epoch, not before
                outcome = replace(outcome, theory=book.space.theory(row.record.values))
            outcome.write(folder.result_file)
        if row.state == "RUNNING":
            begun = folder.encoders()
            for name, spec in book.space.variant.trial(row.record.values, Seed(study=0)).encoders.items():
                if name in begun:
                    thin(begun[name], spec.training.checkpoints, watched(self.study.search))
            row.state = outcome.state
            row.metrics = finished_metrics(outcome)
            self._stopping.end(number)
            self._outbox.post(partial(book.tell, row, outcome))
        return outcome

    def settle_reference(self, seed: int, *, stage: Stage = "search", error: str | None = None) -> Outcome:
        """A reference's worker is done or gone: publish the outcome. A second call changes nothing."""
        return (self._references if stage == "search" else self._test_references).settle(seed, error)

    def progress(self) -> Progress:
        """Counts for the console; nothing is asked of the database."""
        return count_progress(
            self.study,
            self._planned,
            {book.variant: book.rows for book in self._books},
            {book.variant: book.rows for book in self._confirmation.books},
            self._references.counts() + self._test_references.counts(),
            retrying=(self._backlog.retrying, self._confirming.retrying),
        )

    def close(self) -> None:
        """Let go of the database. What it could not be told by now, the next resume tells it."""
        try:
            if not self._outbox.flush():
                _log.warning("%d writes did not reach the database; resume the run to repeat them", len(self._outbox))
        finally:
            close_database(self._storage)

    def _republish(self) -> None:
        """Write again what was published and is missing or damaged, as far as attempts and database know it."""
        for book in self._all_books:
            for number, row in book.rows.items():
                folder = self._run.trial(number)
                if folder.path.exists() and not folder.record_file.exists():
                    write_record(folder, book.variant, row.record)
                if row.state != "RUNNING" and folder.outcome() is None:
                    _log.warning("trial %d: %s was damaged or gone and is written again", number, folder.result_file)
                    restored_outcome(folder, row, self.study.search).write(folder.result_file)

    @property
    def _all_books(self) -> Sequence[Book]:
        return (*self._books, *self._confirmation.books)

    def _next(self) -> Assignment | None:
        backlog, references = self._backlog, self._references
        return (
            self._hand_out(backlog.next_running() or backlog.next_undrawn())
            or references.next_begun()
            or self._hand_out(backlog.next_failed())
            or (references.next_fresh() if self._plan.first_pass_done(self._books) else None)
            or self._hand_out(backlog.next_missing())
            or (None if self.waits else self._next_of_confirmation())
        )

    def _next_of_confirmation(self) -> Assignment | None:
        floors = self._test_references
        return floors.next_begun() or self._hand_out(self._confirming.next_of_any()) or floors.next_fresh()

    def _hand_out(self, ready: Ready | None) -> Assignment | None:
        """The trial's assignment, with ``trial.yaml`` written; from here on the trial is in training.

        One that early stopping ends by what it did before a resume is settled, and the next one handed out.
        """
        if ready is None:
            return None
        assignment = ready.assignment(self._run, study_seed=self.study.search.seed)
        write_record(assignment.folder, ready.book.variant, ready.row.record)
        write_atomic(assignment.folder.spec_file, dump_trial(assignment.spec))
        self._stopping.begin(ready, Deciding.of(self.study.search, assignment.spec))
        if ready.resumed and self._stopping.catch_up(ready.number, assignment.folder.history()):
            self.settle(ready.number)
            return self._next()
        return assignment

    def _take_up(self) -> None:
        """Read again what the database holds: tell what has ended, line up what has not."""
        for book in self._all_books:
            book.load()
        for _, row in leftovers.running(self._all_books, self._stopping.in_training):
            folder = self._run.trial(row.record.trial)
            if row.stop or folder.outcome() or folder.finished_attempt():
                self.settle(row.record.trial)
        for backlog, books in ((self._backlog, self._books), (self._confirming, self._confirmation.books)):
            backlog.line_up(
                running=leftovers.running(books, self._stopping.in_training), undrawn=leftovers.undrawn(books)
            )
        self._stale = False
