"""From whatever file somebody chose to a table of text that can be read row by row."""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crm.importing import card_rows, decoding, spreadsheets
from crm.importing.faults import Unreadable
from crm.importing.separated import Table, open_table

LARGEST = 50  # MB taken through the page
CARD = b"BEGIN:VCARD"


@dataclass
class Prepared:
    """A readable table, and what the file was. `path` is the file itself or, for spreadsheets and cards, the text made of it."""

    table: Table
    format: str  # csv, spreadsheet, vcard

    @property
    def path(self) -> Path:
        return self.table.path


@contextmanager
def prepared(path: Path, *, encoding: str = "", delimiter: str = "") -> Iterator[Prepared]:
    """Raises Unreadable. What had to be made of the file is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="crm-import-") as scratch:
        yield prepare(path, Path(scratch) / "table.csv", encoding=encoding, delimiter=delimiter)


def prepare(path: Path, scratch: Path, *, encoding: str = "", delimiter: str = "") -> Prepared:
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip():
        raise Unreadable("empty")
    if spreadsheets.is_spreadsheet(head):
        spreadsheets.to_text(path, scratch)
        return Prepared(open_table(scratch, "utf-8", ","), "spreadsheet")
    if is_cards(head):
        write_cards(path, scratch)
        return Prepared(open_table(scratch, "utf-8", ","), "vcard")
    decoding.refuse_binary(head)
    return Prepared(open_table(path, encoding or decoding.find_encoding(path), delimiter), "csv")


def is_cards(head: bytes) -> bool:
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return plain[: len(CARD)].upper() == CARD


def write_cards(path: Path, target: Path) -> None:
    """Cards as a table with a column for each field, as often as one card has it."""
    widths: Counter[str] = Counter()
    for pairs in _cards(path):
        counted = Counter(name for name, value in pairs if value)
        widths |= counted
    header = [name for name, times in widths.items() for _ in range(times)]
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header or ["name"])
        for pairs in _cards(path):
            writer.writerow(_placed(pairs, header))


def _placed(pairs: list[tuple[str, str]], header: list[str]) -> list[str]:
    waiting: dict[str, list[str]] = {}
    for name, value in pairs:
        if value:
            waiting.setdefault(name, []).append(value)
    return [waiting[name].pop(0) if waiting.get(name) else "" for name in header]


def _cards(path: Path) -> Iterator[list[tuple[str, str]]]:
    with path.open("rb") as file:
        head = file.read(4)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            with path.open(encoding="utf-16") as text:
                yield from card_rows.rows(line.encode() for line in text)
            return
        file.seek(3 if head.startswith(b"\xef\xbb\xbf") else 0)
        yield from card_rows.rows(_lines(file))


def _lines(file) -> Iterator[bytes]:
    """Lines, also those of old Macs that end in a carriage return alone; none is read further than is sensible."""
    while line := file.readline(1 << 20):
        yield from line.splitlines(keepends=True) if b"\r" in line[:-2] else (line,)
