"""The rows that were not taken, as a file to be mended and imported again: its own columns, and the reason."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import TextIO

from sqlalchemy import select

from crm.contacts.exporting import harmless as harmless_cell
from crm.extensions import fetch
from crm.importing.models import Import, ImportRow
from crm.importing.running import table_of

LONGEST = 32_000  # what a spreadsheet takes in one cell


def labels(header: Iterable[str]) -> list[str]:
    return [label or f"column {place}" for place, label in enumerate(header, 1)]


def rows(import_: Import) -> Iterator[list[str]]:
    """The header first."""
    reasons = dict(fetch(select(ImportRow.number, ImportRow.reason).where(ImportRow.import_id == import_.id, ImportRow.action == "refused")))  # type: ignore[arg-type]
    table = table_of(import_)
    width = len(table.header)
    yield [*labels(table.header), "reason"]
    if not reasons:
        return
    last = max(reasons)
    for record in table.rows():
        if record.number in reasons:
            cells = [cell[:LONGEST] for cell in record.cells]
            yield [*cells[:width], *[""] * (width - len(cells)), reasons[record.number], *cells[width:]]
        if record.number >= last:
            return


def write(import_: Import, out: TextIO, *, harmless: bool) -> None:
    """As CSV. `harmless`: nothing in it is a formula, since whoever opens it did not write it."""
    writer = csv.writer(out)
    for row in rows(import_):
        writer.writerow([harmless_cell(cell) for cell in row] if harmless else row)
