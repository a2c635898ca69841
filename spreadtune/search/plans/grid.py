"""The grid: all settings times all seeds, enumerated here."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from optuna.trial import Trial

from spreadtune.search.sampling.settings import Value, grid_settings
from spreadtune.search.sampling.space import Space
from spreadtune.search.storage.book import Book
from spreadtune.search.storage.record import Record


@dataclass(frozen=True)
class GridPlan:
    """Pairs in the order seed, variant, setting, so that a grid that is interrupted is balanced.

    Optuna's GridSampler is not used: it repeats a grid that is exhausted and knows no seeds.
    """

    seeds: int
    _settings: dict[str, list[dict[str, Value]]] = field(default_factory=dict, repr=False)

    @property
    def reference_seeds(self) -> int:
        return self.seeds

    def turn(self, books: Sequence[Book]) -> Book | None:
        return next((book for book, _, _ in self._missing(books)), None)

    def choose(self, book: Book, trial: Trial, number: int) -> Record | None:
        for _, setting, seed in self._missing([book]):
            values = self.settings(book.space)[setting]
            return Record(number, setting, seed, params=values, values=values)
        return None

    def first_pass_done(self, books: Sequence[Book]) -> bool:
        return all(seed > 0 for _, _, seed in itertools.islice(self._missing(books), 1))

    def settings(self, space: Space) -> list[dict[str, Value]]:
        """The settings of a variant, by setting number; made once."""
        name = space.variant.name
        if name not in self._settings:
            self._settings[name] = list(grid_settings(space.variant))
        return self._settings[name]

    def _missing(self, books: Sequence[Book]) -> Iterator[tuple[Book, int, int]]:
        held = {book.variant: {row.record.pair for row in book.rows.values()} for book in books}
        for seed in range(self.seeds):
            for book in books:
                for setting in range(len(self.settings(book.space))):
                    if (setting, seed) not in held[book.variant]:
                        yield book, setting, seed
