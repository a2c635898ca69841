"""Tables that come with images: CSV files, or columns between spaces, with a header."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spreadtune.data.listed import listed
from spreadtune.errors import UserError

_NO_VALUE = ("", "nan", "null")


@dataclass(frozen=True)
class Line:
    """A line of a table.

    Attributes:
        file: the table.
        number: from 1, the header's.
        cells: by the names of the columns.
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

    def one_of(self, column: str, values: Mapping[str, int]) -> int:
        """The number that stands for what is in a column.

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


def read_table(file: Path, columns: Sequence[str]) -> list[Line]:
    """The lines of a CSV file below its header; empty ones are passed over.

    A mark before the first word, line ends of any system and quotes around commas are understood.

    Args:
        file: in UTF-8.
        columns: those that are needed; others may stand beside them.

    Raises:
        UserError: the file cannot be read, lacks a column or lines, or a line has another number of cells.
    """
    rows = list(_rows(file))
    header = [cell.strip() for cell in rows[0][1]] if rows else []
    return lines_of(file, header, rows[1:], columns)


def lines_of(
    file: Path, header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], columns: Sequence[str]
) -> list[Line]:
    """Rows with the numbers of their lines as lines of a table; see :func:`read_table`."""
    if missing := [column for column in columns if column not in header]:
        there = f"it has {listed(header)}" if header else "it has none"
        raise UserError(f"{file}: no column {listed(missing)}; {there}")
    if twice := sorted({name for name in header if list(header).count(name) > 1}):
        raise UserError(f"{file}: the column {listed(twice)} is there twice; remove one")
    found = [_line(file, number, header, row) for number, row in rows if any(cell.strip() for cell in row)]
    if not found:
        raise UserError(f"{file}: no lines below the header; every image needs one")
    return found


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


def _rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    """With the number of the line in which each begins."""
    reader, number = csv.reader(io.StringIO(read_text(file), newline=""), strict=True), 1
    try:
        for row in reader:
            yield number, row
            number = reader.line_num + 1
    except csv.Error as error:
        raise UserError(f"{file}: line {number}: cannot be read as CSV: {error}") from error


def _line(file: Path, number: int, header: Sequence[str], row: Sequence[str]) -> Line:
    if len(row) != len(header):
        raise UserError(f"{file}: line {number} has {len(row)} cells for {len(header)} columns")
    return Line(file, number, dict(zip(header, (cell.strip() for cell in row), strict=True)))


def _either(values: Sequence[str]) -> str:
    """``a, b or c``."""
    return f"{', '.join(values[:-1])} or {values[-1]}" if len(values) > 1 else values[0]
