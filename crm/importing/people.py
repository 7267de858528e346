"""Rows of people, a batch at a time. Never commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from crm.accounts.models import User
from crm.contacts import custom
from crm.extensions import db, fetch
from crm.folding import fold
from crm.importing.batch import Batch
from crm.importing.faults import Unfit
from crm.importing.results import Result
from crm.importing.separated import Record
from crm.importing.told import Reader, Told

LONGEST_OWN = 2000


class People:
    """Takes rows for one import. `similar`: what becomes of a row that looks like somebody known though no address says so."""

    def __init__(self, reader: Reader, *, mode: str = "create", similar: str = "create", import_id: int | None = None, dry: bool = False):
        self.reader, self.mode, self.similar, self.import_id, self.dry = reader, mode, similar, import_id, dry
        self.seen: dict[tuple[str, str], list[Told]] = {}  # addresses of people a dry run would have created by now
        self.firms: set[str] = set()  # organisations an earlier row told of: later rows only fill what it left open
        self.staff = {fold(word): ident for ident, name, email in fetch(select(User.id, User.name, User.email)) for word in (name, email)}

    def read(self, records: Iterable[Record]) -> list[tuple[Record, Told | Unfit]]:
        """Understand the rows; asks nothing of the database, so that nobody waits for us meanwhile."""
        return [(record, self._read(record)) for record in records]

    def _read(self, record: Record) -> Told | Unfit:
        try:
            return self.reader.read(record)
        except Unfit as unfit:
            return unfit

    def take(self, batch: Sequence[tuple[Record, Told | Unfit]]) -> list[Result]:
        with db.session.no_autoflush:
            work = Batch(self, [one for _record, one in batch if isinstance(one, Told)])
            results = [Result(record.number, "refused", reason=one.sentence) if isinstance(one, Unfit) else work.take(record.number, one) for record, one in batch]
        if not self.dry:
            work.save()
            work.note_made(results)
        return results


def checked_custom(fields: Mapping[str, Any]) -> Any:
    """How values of custom fields are read; where none is defined every key takes text."""
    def read(name: str, text: str) -> Any:
        if name in fields:
            return fields[name].read(text)
        if fields:
            raise ValueError(_("There is no such field."))
        if len(text) > LONGEST_OWN:
            raise ValueError(_("Use at most %(max)d characters.", max=LONGEST_OWN))
        return text

    return read


def custom_fields() -> dict[str, Any]:
    return {field.key: field for field in custom.defined("contact")}
