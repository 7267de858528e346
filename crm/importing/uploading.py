"""A file becomes an import that can be looked at: kept, made readable, its columns guessed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crm import blobs, clock
from crm.accounts.models import User
from crm.contacts import custom
from crm.extensions import db
from crm.importing import columns
from crm.importing.faults import Unreadable
from crm.importing.models import Import, ImportMapping
from crm.importing.preparing import Prepared, prepared
from crm.importing.separated import Table

SAMPLE = 50


def upload(path: Path, filename: str, kind: str, by: User | None = None) -> Import:
    """A new import of this file. Raises Unreadable. Never commits."""
    with prepared(path) as ready:
        return begin(path, filename, kind, ready, total(ready.table), by)


def begin(path: Path, filename: str, kind: str, ready: Prepared, rows: int, by: User | None = None) -> Import:
    """The import of a file that was made readable."""
    import_ = Import(kind=kind, filename=filename[-200:], by_id=by.id if by else None, blob="")
    describe(import_, ready, path, rows)
    db.session.add(import_)
    return import_


def read_again(import_: Import, encoding: str, delimiter: str) -> None:
    """The same file under another encoding or separator, because the guess was wrong."""
    path = blobs.path(import_.blob)
    with prepared(path, encoding=encoding, delimiter=delimiter) as ready:
        describe(import_, ready, path, total(ready.table))


def describe(import_: Import, ready: Prepared, path: Path, rows: int) -> None:
    table = ready.table
    if import_.kind == "contacts" and columns.are_companies(table.header):
        raise Unreadable("companies")
    import_.format, import_.encoding, import_.delimiter = ready.format, table.encoding, table.delimiter
    import_.header, import_.begins = table.header, table.begins
    import_.system = "" if ready.format == "vcard" else columns.system_of(table.header)
    import_.blob = import_.blob or blobs.take_alone(path)
    import_.table_blob = import_.blob if table.path in (path, blobs.path(import_.blob)) else blobs.take_alone(table.path)
    import_.total = rows
    import_.mapping = remembered(import_.kind, table.header) or guessed(table, import_.kind)


def total(table: Table) -> int:
    """The number of the last row; reading them all also finds a cell that never ends before anything is written. Raises Unreadable."""
    last = 0
    for record in table.rows():
        last = record.number
    if not last:
        raise Unreadable("empty")
    return last


def guessed(table: Table, kind: str) -> list[str]:
    fields = columns.guess(table.header, kind, [record.cells for record in islice(table.rows(), SAMPLE)])
    if kind == "contacts":
        fields = [field or _own_field(label) for field, label in zip(fields, table.header, strict=True)]
    return fields


def _own_field(label: str) -> str:
    """A column named like a field the firm defined itself."""
    found = custom.named("contact", label) if label else None
    return found.path if found else ""


def fingerprint(header: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps([columns.key(label) for label in header]).encode()).hexdigest()


def remembered(kind: str, header: Sequence[str]) -> list[str] | None:
    found = mapping_for(kind, header)
    return list(found.mapping) if found and len(found.mapping) == len(header) else None


def mapping_for(kind: str, header: Sequence[str]) -> ImportMapping | None:
    return db.session.scalars(select(ImportMapping).where(ImportMapping.kind == kind, ImportMapping.fingerprint == fingerprint(header))).one_or_none()


def remember(import_: Import, by: User | None) -> None:
    """Keep the mapping for the next file with these columns, if it is not the one we would guess anyway."""
    found = mapping_for(import_.kind, import_.header)
    if found is None:
        found = ImportMapping(kind=import_.kind, fingerprint=fingerprint(import_.header))
        db.session.add(found)
    found.mapping, found.name, found.used_at, found.by_id = list(import_.mapping), import_.filename, clock.now(), by.id if by else None


def map_by(import_: Import, given: Any) -> None:
    """A mapping from outside: {"label": "field"} or a field per column. Raises Unreadable."""
    allowed = set(columns.PEOPLE if import_.kind == "contacts" else columns.HISTORY) | {"", "title_or_role"}
    if isinstance(given, Mapping):
        by_label = {columns.key(str(label)): str(name or "") for label, name in given.items()}
        unknown = set(by_label) - {columns.key(label) for label in import_.header}
        if unknown:
            raise Unreadable("mapping", why=", ".join(sorted(str(label) for label in given if columns.key(str(label)) in unknown)))
        fields = [by_label.get(columns.key(label), "") for label in import_.header]
    elif isinstance(given, list) and len(given) == len(import_.header):
        fields = [str(name or "") for name in given]
    else:
        raise Unreadable("mapping", why='{"column": "field", …}')
    wrong = [name for name in fields if name not in allowed and not name.startswith("custom.")]
    if wrong:
        raise Unreadable("mapping", why=", ".join(wrong))
    import_.mapping = fields


def is_mapped(import_: Import) -> bool:
    """Whether the columns chosen can tell of anybody at all."""
    needed = {"contacts": {"first_name", "last_name", "name", "email", "phone", "external_id", "customer_number", "handle", "visitor"}, "interactions": {"external_id"}, "purchases": {"external_id"}}
    return any(name.partition(":")[0] in needed[import_.kind] for name in import_.mapping)
