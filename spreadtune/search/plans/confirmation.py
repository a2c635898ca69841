"""Confirmation: when the search has ended, the best setting of every variant, and the best SupCon to set them against,
at seeds of its own, for the test split.

The choice is made once, from all trials of the search. What is confirmed stands in a companion of each variant's Optuna
study, so the search's studies hold nothing but the search.
"""

from collections.abc import Iterator, Mapping, Sequence

from optuna.trial import Trial

from spreadtune.search.results.choice import choose
from spreadtune.search.results.progress import is_over
from spreadtune.search.results.to_confirm import settings_to_confirm
from spreadtune.search.storage.book import Book
from spreadtune.search.storage.record import Record, Rows
from spreadtune.spec.study import Study

TEST_REFERENCES = 1
"""Floors and ceilings on the test split: a scale to read the result by, not a side of a comparison."""


def records_to_confirm(study: Study, searched: Mapping[str, Rows]) -> dict[str, list[Record]]:
    """By variant, a trial's record of each setting that is confirmed: its best, and a SupCon beside it where one is
    wanted.

    Args:
        study: says what is best.
        searched: the search's trials by variant, all of them ended.
    """
    chosen = settings_to_confirm(study, choose(searched, study.search.selection))
    records = {
        variant: {row.record.setting: row.record for _, row in sorted(rows.items(), reverse=True)}
        for variant, rows in searched.items()
    }
    return {variant: [records[variant][found.setting] for found in settings] for variant, settings in chosen.items()}


class Confirmation:
    """Which pairs are to be confirmed: the best setting of each variant and the best SupCon, seeds of its own from 0.

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
        self._chosen: tuple[int, dict[str, list[Record]]] | None = None

    @property
    def waits(self) -> bool:
        """Whether the search goes on: until its last trial has ended nothing is chosen, and nothing opened."""
        return bool(self.books) and not is_over(self._planned, self._searched)

    def chosen(self) -> dict[str, list[Record]]:
        """The settings of a search that is over, by variant."""
        trials = sum(map(len, self._searched.values()))
        if self._chosen is None or self._chosen[0] != trials:  # failed ones may have been tried again since
            self._chosen = trials, records_to_confirm(self._study, self._searched)
        return self._chosen[1]

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
        chosen = self.chosen()
        for seed in range(self._study.search.confirm_seeds):
            for book in books:
                held = {row.record.pair for row in book.rows.values()}
                for record in chosen.get(book.variant, ()):
                    if (record.setting, seed) not in held:
                        yield book, record, seed
