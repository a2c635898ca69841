"""Tables that come with images: CSV files, or columns between spaces, with a header."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from spreadtune.data.listed import listed
from spreadtune.errors import UserError

T = TypeVar("T")

_NO_VALUE = ("", "nan", "null")


@dataclass(frozen=True)
class Line:
    """A line of a table.

    Attributes:
        file: the table.
        number: from 1, the header's.
        cells: by the names of the columns that were asked for.
    """

    file: Path
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """What stands in a column.

        Raises:
            UserError: nothing, or what a table has for nothing (NaN, null).
        """
        value = self.cells[column]
        if value.casefold() in _NO_VALUE:
            found = repr(value) if value else "empty"
            raise self.mistake(f"{column} is {found}; give it a value, or leave the line out")
        return value

    def one_of(self, column: str, values: Mapping[str, T]) -> T:
        """What is meant by what stands in a column.

        Raises:
            UserError: none of ``values`` is.
        """
        value = self[column]
        if value not in values:
            raise self.mistake(f"{column} is {value!r}; it has to be {_either(list(values))}")
        return values[value]

    def mistake(self, text: str) -> UserError:
        """What is wrong in this line, with its place."""
        return UserError(f"{self.file}: line {self.number}: {text}")


@dataclass(frozen=True, eq=False)
class Table:
    """A table as it was read, once; its lines are made of the columns that are asked for.

    Attributes:
        file: where it is.
        header: the names of its columns.
        rows: below them, each with the number of its line.
    """

    file: Path
    header: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]

    def lines(self, columns: Sequence[str]) -> list[Line]:
        """Those that are not empty.

        Args:
            columns: those that are needed; others may stand beside them.

        Raises:
            UserError: a column is missing or there twice, a line has another number of cells, or there is none.
        """
        if missing := [column for column in columns if column not in self.header]:
            there = f"it has {listed(self.header)}" if self.header else "it has none"
            raise UserError(f"{self.file}: no column {listed(missing)}; {there}")
        if twice := sorted({name for name in self.header if list(self.header).count(name) > 1}):
            raise UserError(f"{self.file}: the column {listed(twice)} is there twice; remove one")
        places = {column: list(self.header).index(column) for column in columns}
        found = [self._line(number, row, places) for number, row in self.rows if any(cell.strip() for cell in row)]
        if not found:
            raise UserError(f"{self.file}: no lines below the header; every image needs one")
        return found

    def _line(self, number: int, row: Sequence[str], places: Mapping[str, int]) -> Line:
        if len(row) != len(self.header):
            raise UserError(f"{self.file}: line {number} has {len(row)} cells for {len(self.header)} columns")
        return Line(self.file, number, {column: row[place].strip() for column, place in places.items()})


def read_table(file: Path) -> Table:
    """A CSV file in UTF-8 with a header.

    A mark before the first word, line ends of any system and quotes around commas are understood.

    Raises:
        UserError: the file cannot be read.
    """
    return as_table(file, read_text(file))


def as_table(file: Path, text: str) -> Table:
    """The same of what is in the file, where that is known."""
    rows = list(_rows(file, text))
    return Table(file, [cell.strip() for cell in rows[0][1]] if rows else [], rows[1:])


def read_text(file: Path) -> str:
    """What is in a text file, without the mark that spreadsheets put before the first word.

    Raises:
        UserError: it cannot be read, or is not in UTF-8.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            return stream.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise UserError(f"{file}: cannot be read as UTF-8: {reason}") from error


def _rows(file: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """With the number of the line in which each begins."""
    reader, number = csv.reader(io.StringIO(text, newline=""), strict=True), 1
    try:
        for row in reader:
            yield number, row
            number = reader.line_num + 1
    except csv.Error as error:
        raise UserError(f"{file}: line {number}: cannot be read as CSV: {error}") from error


def _either(values: Sequence[str]) -> str:
    """``a, b or c``."""
    return f"{', '.join(values[:-1])} or {values[-1]}" if len(values) > 1 else values[0]
