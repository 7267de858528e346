"""Records as CSV and as XLSX, in pieces of bytes."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from crm.contacts.exporting.columns import Read
from crm.contacts.exporting.gathering import Gathered
from crm.contacts.exporting.harmless import harmless, is_formula

PIECE = 64 * 1024
LONGEST_CELL = 32_767  # what a spreadsheet takes
MOST_ROWS = 1_048_575


def as_csv(records: Iterable[Gathered], columns: Mapping[str, Read], delimiter: str = ",") -> Iterator[bytes]:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    out.write("\ufeff")
    writer.writerow(columns)
    readers = list(columns.values())
    for record in records:
        writer.writerow([harmless(read(record)) for read in readers])
        if out.tell() > PIECE:
            yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode()


def as_xlsx(records: Iterable[Gathered], columns: Mapping[str, Read]) -> Iterator[bytes]:
    """Row by row into a file that vanishes by itself; what looks like a formula is a text and stays one when it is edited."""
    import xlsxwriter

    with tempfile.TemporaryFile() as file:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with xlsxwriter.Workbook(file, options) as book:
            _fill(book, records, columns)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _fill(book: Any, records: Iterable[Gathered], columns: Mapping[str, Read]) -> None:
    sheet = book.add_worksheet("Backbone")
    text, day = book.add_format(), book.add_format({"num_format": "yyyy-mm-dd"})
    text.set_quote_prefix()
    sheet.freeze_panes(1, 0)
    for place, heading in enumerate(columns):
        sheet.write_string(0, place, heading, book.add_format({"bold": True}) if place == 0 else None)
    readers = list(columns.values())
    for number, record in enumerate(records, 1):
        if number > MOST_ROWS:
            break
        for place, read in enumerate(readers):
            _cell(sheet, number, place, read(record), text, day)


def _cell(sheet: Any, row: int, place: int, value: Any, text: Any, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        sheet.write_number(row, place, float(value))
    elif isinstance(value, date) and not isinstance(value, datetime) and value.year >= 1900:
        sheet.write_datetime(row, place, value, day)
    else:
        words = (value.isoformat() if hasattr(value, "isoformat") else str(value))[:LONGEST_CELL]
        sheet.write_string(row, place, words, text if is_formula(words) else None)
