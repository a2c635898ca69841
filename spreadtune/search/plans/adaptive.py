"""Searches that learn from finished trials, and the random one: a number of trials for each variant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optuna.trial import Trial

from spreadtune.search.plans.racing import next_repeat
from spreadtune.search.sampling.drawing import as_asked_for, draw
from spreadtune.search.sampling.samplers import SamplerName, make_sampler
from spreadtune.search.sampling.settings import Value
from spreadtune.search.storage.book import Book
from spreadtune.search.storage.record import Record, Row
from spreadtune.spec.goal import Selection

REDRAWS = 10
"""How often a setting that was tried already is drawn again before it gets a further seed."""


@dataclass(frozen=True)
class AdaptivePlan:
    """Variants take turns; a new setting runs at seed 0, one that the sampler insists on at its next seed.

    With ``seeds`` above 1 a promising setting gets its next seed before a new one is drawn.

    Attributes:
        sampler: any but grid.
        trials: of each variant, further seeds counted, retries not.
        study_seed: the study's ``search.seed``.
        seeds: the most that racing gives a setting.
        selection: how the best is chosen, which racing goes by.
    """

    sampler: SamplerName
    trials: int
    study_seed: int
    seeds: int
    selection: Selection

    @property
    def reference_seeds(self) -> int:
        return 1

    def turn(self, books: Sequence[Book]) -> Book | None:
        book = min(books, key=lambda book: _counted(book.rows))
        return book if _counted(book.rows) < self.trials else None

    def choose(self, book: Book, trial: Trial, number: int) -> Record | None:
        if _counted(book.rows) >= self.trials:
            return None
        if raced := next_repeat(book.rows.values(), seeds=self.seeds, selection=self.selection):
            return _repeat(book, number, raced.record)
        place = sum(row.record.draws for row in book.rows.values())
        sampler = make_sampler(
            self.sampler,
            book.space,
            study_seed=self.study_seed,
            number=trial.number,
            place=place,
            begins_with=book.begins_with,
        )
        frozen = as_asked_for(trial)
        for draws in range(1, 2 + REDRAWS):
            record = _record(book, number, draw(sampler, book.study, frozen, book.space), draws)
            if record.duplicate_of is None:
                break
        return record

    def first_pass_done(self, books: Sequence[Book]) -> bool:
        return self.turn(books) is None


def _repeat(book: Book, number: int, first: Record) -> Record:
    """A further seed of a promising setting."""
    seed = book.next_seed(first.setting)
    return Record(number, first.setting, seed, first.params, first.values, repeat_of=first.trial)


def _record(book: Book, number: int, params: Mapping[str, Value], draws: int) -> Record:
    """What a draw means: a new setting, or a further seed of one that was tried."""
    values = book.space.resolve(params)
    setting = book.setting(values)
    if setting is None:
        return Record(number, book.next_setting(), 0, params, values, draws=draws)
    tried = book.of_setting(setting)
    seed = book.next_seed(setting)
    # A fault says nothing of the setting, so what only failed is no duplicate; its failed pair is a retry's to repeat.
    only_failed = all(row.state == "FAIL" for row in tried)
    first = None if only_failed else min(row.record.trial for row in tried)
    return Record(number, setting, seed, params, values, duplicate_of=first, draws=draws)


def _counted(rows: Mapping[int, Row]) -> int:
    return sum(row.record.retry_of is None for row in rows.values())
