"""The only writer while records are merged: it does a thing and notes it, so that nothing happens that is not in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, delete, insert, select, update

from crm.extensions import db
from crm.merging.models import Merge, MergeRow
from crm.merging.references import encoded, found_by, key_columns, key_of, name_of, pointing_at, untouched

CHUNK = 1000  # keys a row of the journal


class Journal:
    """Everything one merge does. Values are compared and written column by column; nothing goes through the session."""

    def __init__(self, merge: Merge):
        self.merge = merge

    def move(self, column: Column, old: Any, new: Any, *, counted: bool = True) -> int:
        """All rows that point at `old` point at `new` from now on; how many."""
        table = column.table
        moving = column == old
        columns = key_columns(table, column)
        keys = [key_of(table, row, column) for row in db.session.execute(select(*columns).where(moving).order_by(*columns)).mappings()]
        if keys:
            db.session.execute(update(table).where(moving).values({**untouched(table), column.name: new}))
        for start in range(0, len(keys), CHUNK):
            self._note("moved", table, column.name, keys=keys[start : start + CHUNK], old=old, new=new)
        if counted and keys:
            self.merge.counts = {**self.merge.counts, name_of(column): len(keys)}
        return len(keys)

    def overwrite(self, table: Table, row: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Change a row; only what really changes is written and noted."""
        changes = {name: value for name, value in values.items() if row[name] != value}
        if not changes:
            return
        key = key_of(table, row)
        kept = {name: same for name, same in untouched(table).items() if name not in changes}
        db.session.execute(update(table).where(found_by(table, [key])).values({**kept, **changes}))
        for name, value in changes.items():
            for part, old, new in _parts(name, row[name], value):
                self._note("overwritten", table, part, keys=[key], old=old, new=new)

    def delete(self, table: Table, row: Mapping[str, Any], kept: Mapping[str, Any] | None = None, reference: Column | None = None) -> None:
        """Take a row away, because `kept` has the same beside `reference`; what pointed at the one points at the other."""
        if kept is not None and "id" in row:
            for column in pointing_at(table.name):
                self.move(column, row["id"], kept["id"], counted=False)
        db.session.execute(delete(table).where(found_by(table, [key_of(table, row)])))
        whole = {name: encoded(value) for name, value in row.items()}
        self._note("deleted", table, keys=[key_of(table, row)], row=whole, new=key_of(table, kept, reference) if kept is not None else None)

    def inserted(self, table: Table, ident: int) -> None:
        self._note("inserted", table, keys=[ident])

    def _note(self, action: str, table: Table, column: str = "", **parts: Any) -> None:
        db.session.execute(insert(MergeRow).values(merge_id=self.merge.id, action=action, table_name=table.name, column_name=column, **parts))


def rows_where(table: Table, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Whole rows, oldest first."""
    return [dict(row) for row in db.session.execute(select(table).where(condition).order_by(*table.primary_key)).mappings()]


ABSENT = {"absent": True}  # stands for a key that was not there, in the journal


def _parts(name: str, old: Any, new: Any) -> list[tuple[str, Any, Any]]:
    """A JSON object is noted key by key, so that later work on another key is not lost by undoing."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return [(name, encoded(old), encoded(new))]
    keys = sorted(key for key in {*old, *new} if old.get(key, ABSENT) != new.get(key, ABSENT))
    return [(f"{name}.{key}", old.get(key, ABSENT), new.get(key, ABSENT)) for key in keys]
