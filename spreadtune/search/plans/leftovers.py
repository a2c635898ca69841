"""What an earlier driver, or an outage of the database, left behind."""

from collections.abc import Collection, Iterable, Iterator

from optuna.trial import FrozenTrial

from spreadtune.search.storage.book import Book
from spreadtune.search.storage.record import Row


def running(books: Iterable[Book], held: Collection[int]) -> list[tuple[Book, Row]]:
    """Trials that were drawn, have not ended and are not in this driver's hands, oldest first."""
    found = [(book, row) for book in books for row in book.rows.values() if row.state == "RUNNING"]
    return sorted((pair for pair in found if pair[1].record.trial not in held), key=_number)


def undrawn(books: Iterable[Book]) -> list[tuple[Book, FrozenTrial]]:
    """Trials that were asked for and not drawn."""
    return [(book, trial) for book in books for trial in book.undrawn()]


def failed(books: Iterable[Book]) -> list[tuple[Book, Row]]:
    """The last trial of each pair whose trials have all failed, oldest first."""
    return sorted(((book, row) for book in books for row in _failed(book)), key=_number)


def _failed(book: Book) -> Iterator[Row]:
    by_pair: dict[tuple[int, int], list[Row]] = {}
    for _, row in sorted(book.rows.items()):
        by_pair.setdefault(row.record.pair, []).append(row)
    for rows in by_pair.values():
        if all(row.state == "FAIL" for row in rows):
            yield rows[-1]


def _number(found: tuple[Book, Row]) -> int:
    return found[1].record.trial
