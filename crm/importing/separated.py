"""Tables as text: which character separates the columns, which row names them, and the rows one after the other, however large the file."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from crm.importing.columns import is_known, looks_like_data
from crm.importing.faults import Unreadable

DELIMITERS = (";", ",", "\t", "|")
LOOKED_AT = 60  # records
MOST_COLUMNS = 500
LONGEST_CELL = 2_000_000  # beyond it a quotation mark is missing: the rest of the file would be one cell
LONGEST_RECORD = 500  # lines; the same accident in a small file
LATEST_HEADER = 10
csv.field_size_limit(LONGEST_CELL)


@dataclass(frozen=True)
class Record:
    """One row as it stands in the file: its place among the rows (from 1), its cells."""

    number: int
    cells: list[str]
    lines: int = 1  # how many lines of the file it takes


@dataclass
class Table:
    """A table that can be read again and again without being held in memory."""

    path: Path
    encoding: str
    delimiter: str
    header: list[str] = field(default_factory=list)
    begins: int = 1  # records before the first row
    labelled: bool = True  # whether the file names its columns

    def rows(self, after: int = 0) -> Iterator[Record]:
        """The rows behind the first `after`; empty ones are left out but counted. Raises Unreadable."""
        records = islice(self._records(), self.begins + after, None)
        for number, (cells, lines) in enumerate(records, after + 1):
            if any(cell and not cell.isspace() for cell in cells):
                yield Record(number, cells, lines)

    def _records(self) -> Iterator[tuple[list[str], int]]:
        with self.path.open(encoding=self.encoding, errors="replace", newline="") as file:
            reader = csv.reader(_clean(file), delimiter=self.delimiter, skipinitialspace=self.delimiter != "\t")
            line = 0
            try:
                for cells in reader:
                    yield cells, reader.line_num - line
                    line = reader.line_num
            except csv.Error as error:
                raise Unreadable("endless_cell", line=reader.line_num) from error
            except UnicodeError as error:
                raise Unreadable("encoding") from error


def _clean(lines: Iterable[str]) -> Iterator[str]:
    """Without NUL, and without the line by which Excel is told the separator."""
    for number, line in enumerate(lines):
        if number == 0 and line[:4].lower() == "sep=":
            continue
        yield line.replace("\0", "") if "\0" in line else line


def open_table(path: Path, encoding: str, delimiter: str = "") -> Table:
    """The table in this text file, its separator and its header found. Raises Unreadable."""
    table = Table(path, encoding, delimiter or _find_delimiter(path, encoding), begins=0)
    first = [cells for cells, _lines in islice(table._records(), LOOKED_AT)]
    if not any(any(cell.strip() for cell in cells) for cells in first):
        raise Unreadable("empty")
    if max(len(cells) for cells in first) > MOST_COLUMNS:
        raise Unreadable("too_many_columns", most=MOST_COLUMNS)
    _find_header(table, first)
    return table


def _find_delimiter(path: Path, encoding: str) -> str:
    try:
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            first = file.readline(200)
            if first[:4].lower() == "sep=" and first[4:5] in DELIMITERS:
                return first[4]
    except UnicodeError as error:
        raise Unreadable("encoding") from error
    return max(DELIMITERS, key=lambda delimiter: _evenness(Table(path, encoding, delimiter)))


def _evenness(table: Table) -> tuple[int, float, int]:
    """How table-like the file is with this separator: known labels, rows of one width, how many columns."""
    try:
        widths, known = [], 0
        for cells, _lines in islice(table._records(), LOOKED_AT):
            if any(cells):
                widths.append(len(cells))
                known = max(known, sum(map(is_known, cells)) if len(widths) <= LATEST_HEADER else 0)
    except Unreadable:
        return 0, 0.0, 0
    if not widths:
        return 0, 0.0, 0
    width, times = Counter(widths).most_common(1)[0]
    return (known, times / len(widths), width) if width > 1 else (min(known, 1), 0.0, 1)


def _find_header(table: Table, first: list[list[str]]) -> None:
    """The first row with two known labels; else the first that holds anything, unless that is a person already."""
    early = first[:LATEST_HEADER]
    best = next((n for n, cells in enumerate(early) if sum(map(is_known, cells)) >= 2), None)
    if best is None:
        best = next((n for n, cells in enumerate(early) if any(cell.strip() for cell in cells)), 0)
    cells = first[best]
    if looks_like_data(cells):
        width = Counter(len(row) for row in first if any(row)).most_common(1)[0][0]
        table.header, table.begins, table.labelled = [""] * max(width, len(cells)), best, False
    else:
        table.header, table.begins = [cell.strip() for cell in cells], best + 1
