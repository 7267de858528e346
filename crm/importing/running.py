"""One import from its first row to its last, a batch per transaction: what rows did and how far we are are committed together, so a kill loses and repeats nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from flask import current_app
from sqlalchemy import delete, insert, update

from crm import blobs, clock
from crm.accounts.models import User
from crm.contacts.changes import caused
from crm.extensions import db, rows_changed
from crm.importing.history import History
from crm.importing.models import ACTIONS, CLAIMED_FOR, Import, ImportRow
from crm.importing.people import People, checked_custom, custom_fields
from crm.importing.results import Result
from crm.importing.separated import Record, Table
from crm.importing.told import Reader

BATCH = 1000
SAMPLE = 1000  # rows that decide how dates are written


class Overtaken(Exception):
    """Another process carried on with this import."""


def table_of(import_: Import) -> Table:
    """The rows of the file, wherever they were when we stopped."""
    return Table(blobs.path(import_.table_blob), import_.encoding, import_.delimiter, list(import_.header), import_.begins)


def taker_of(import_: Import, table: Table, dry: bool) -> People | History:
    if import_.kind == "contacts":
        sample = [record.cells for record in islice(table.rows(), SAMPLE)]
        reader = Reader(table.header, import_.mapping, sample, checked_custom(custom_fields()), lenient=import_.format == "vcard")
        return People(reader, mode=import_.mode, similar=import_.similar, import_id=import_.id, dry=dry)
    return History(table.header, import_.mapping, import_.kind, current_app.config["SETTINGS"].timezone, dry)


def carry_out(import_: Import) -> Iterator[None]:
    """Take the rows behind the cursor, or only look at them if the import is to be checked. Stops after each batch: the caller commits."""
    ident, dry, cursor = import_.id, import_.state == "checking", import_.cursor
    by = db.session.get(User, import_.by_id) if import_.by_id else None
    table = table_of(import_)
    taker = taker_of(import_, table, dry)
    db.session.rollback()  # nothing was written; while the next rows are read nobody has to wait for us
    with caused("import", by):
        for records in batches(table.rows(cursor)):
            batch: Any = taker.read(records)
            results = taker.take(batch)
            if dry:
                db.session.rollback()
            keep(ident, results if not dry else [result for result in results if result.action == "refused"])
            advance(ident, cursor, records[-1].number, results)
            yield
            cursor = records[-1].number
    db.session.get_one(Import, ident).finish("checked" if dry else "done")
    yield


def batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    iterator = iter(records)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def keep(ident: int, results: Sequence[Result]) -> None:
    rows = [result.row(ident) for result in results]
    if rows:
        db.session.connection().execute(insert(ImportRow), rows)


def advance(ident: int, cursor: int, number: int, results: Sequence[Result]) -> None:
    """Count the batch and move on; raises Overtaken, which takes the batch back, if somebody else did that meanwhile."""
    counts = Counter(result.action for result in results)
    counted = {action: getattr(Import, action) + counts[action] for action in ACTIONS if counts[action]}
    moved = update(Import).where(Import.id == ident, Import.cursor == cursor).values(cursor=number, claimed_until=clock.now() + CLAIMED_FOR, **counted)
    if rows_changed(moved) != 1:
        db.session.rollback()
        raise Overtaken(ident)


def forget_rows(import_: Import) -> None:
    """What a check kept about refused rows, before the rows are looked at anew."""
    db.session.execute(delete(ImportRow).where(ImportRow.import_id == import_.id))


def discard(import_: Import) -> set[str]:
    """An import that never ran leaves nothing. What is to be removed of the disk once this is committed."""
    forget_rows(import_)
    db.session.delete(import_)
    return {import_.blob, import_.table_blob}


def forget_file(import_: Import) -> set[str]:
    """The file goes, and what was said of rows that were not taken; what it takes to take the import back stays."""
    db.session.execute(delete(ImportRow).where(ImportRow.import_id == import_.id, ImportRow.action == "refused"))
    return import_.forget_file()
