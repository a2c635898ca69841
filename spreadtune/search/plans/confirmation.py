"""Confirmation: when the search has ended, the best setting of every variant at seeds of its own, for the test split.

The choice is made once, from all trials of the search. What is confirmed stands in a companion of each variant's Optuna
study, so the search's studies hold nothing but the search.
"""

from collections.abc import Iterator, Mapping, Sequence

from optuna.trial import Trial

from spreadtune.search.results.choice import choose
from spreadtune.search.results.progress import is_over
from spreadtune.search.storage.book import Book
from spreadtune.search.storage.record import Record, Rows
from spreadtune.spec.study import Study

TEST_REFERENCES = 1
"""Floors and ceilings on the test split: a scale to read the result by, not a side of a comparison."""


def best_of_variants(study: Study, searched: Mapping[str, Rows]) -> dict[str, Record]:
    """A trial's record of the best setting of each variant that has one.

    Args:
        study: says what is best.
        searched: the search's trials by variant, all of them ended.
    """
    best = choose(searched, study.search.selection).of_variants
    return {
        variant: next(row.record for row in rows.values() if row.record.setting == best[variant].setting)
        for variant, rows in searched.items()
        if variant in best
    }


class Confirmation:
    """Which pairs are to be confirmed: the best setting of each variant, seeds of its own from 0.

    Args:
        study: asks for so many seeds.
        planned: how many pairs each variant's search is to have.
        searched: the search's books.
        books: the confirmation's.
    """

    def __init__(
        self, study: Study, planned: Mapping[str, int], searched: Sequence[Book], books: Sequence[Book]
    ) -> None:
        self._study, self._planned, self._books_searched, self.books = study, planned, searched, books
        self._best: tuple[int, dict[str, Record]] | None = None

    @property
    def waits(self) -> bool:
        """Whether the search goes on: until its last trial has ended nothing is chosen, and nothing opened."""
        return bool(self.books) and not is_over(self._planned, self._searched)

    def best(self) -> dict[str, Record]:
        """The best settings of a search that is over, by variant."""
        trials = sum(map(len, self._searched.values()))
        if self._best is None or self._best[0] != trials:  # failed ones may have been tried again since
            self._best = trials, best_of_variants(self._study, self._searched)
        return self._best[1]

    @property
    def _searched(self) -> Mapping[str, Rows]:
        return {book.variant: book.rows for book in self._books_searched}

    def turn(self, books: Sequence[Book]) -> Book | None:
        return next((book for book, _, _ in self._missing(books)), None)

    def choose(self, book: Book, trial: Trial, number: int) -> Record | None:
        for _, setting, seed in self._missing([book]):
            return Record(number, setting.setting, seed, setting.params, setting.values, stage="confirm")
        return None

    def _missing(self, books: Sequence[Book]) -> Iterator[tuple[Book, Record, int]]:
        """In the order seed, variant, so that one that is interrupted has its seeds in pairs."""
        if self.waits:
            return
        best = self.best()
        for seed in range(self._study.search.confirm_seeds):
            for book in books:
                record = best.get(book.variant)
                if record and (record.setting, seed) not in {row.record.pair for row in book.rows.values()}:
                    yield book, record, seed
