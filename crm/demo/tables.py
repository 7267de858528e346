"""Rows in bulk: collected per table with their ids given here, written by plain INSERTs, far quicker than objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import count
from typing import Any

from sqlalchemy import Table, func, insert, select, text

from crm.extensions import db

CHUNK = 5000
BINDS = 60000  # PostgreSQL takes 65,535 parameters in one statement


class Tables:
    """`add(table, **columns)` returns the row's id; `flush()` writes what was added, parents first. Columns left out get their default."""

    def __init__(self) -> None:
        self.order = {table.name: place for place, table in enumerate(db.metadata.sorted_tables)}
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.ids: dict[str, count] = {}
        self.defaults: dict[str, Mapping[str, Any]] = {}
        self.waiting = 0

    def add(self, model: Any, **columns: Any) -> int:
        name = model.__tablename__
        if name not in self.ids:
            self.ids[name] = count((db.session.scalar(select(func.max(model.id))) or 0) + 1)
        ident = next(self.ids[name])
        self.rows[name].append({**self._defaults(model.__table__), **columns, "id": ident})
        self.waiting += 1
        if self.waiting >= CHUNK * 4:
            self.flush()
        return ident

    def link(self, table: Table, **columns: Any) -> None:
        self.rows[table.name].append(columns)

    def flush(self) -> None:
        for name in sorted(self.rows, key=self.order.__getitem__):
            rows, table = self.rows[name], db.metadata.tables[name]
            for start in range(0, len(rows), CHUNK):
                db.session.execute(insert(table), rows[start : start + CHUNK])
        self.rows.clear()
        self.waiting = 0

    def settle(self) -> None:
        """Let PostgreSQL's sequences go on after the ids we gave."""
        self.flush()
        if db.session.get_bind().dialect.name == "postgresql":
            for name in self.ids:
                db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"))

    def _defaults(self, table: Table) -> Mapping[str, Any]:
        """The scalar defaults of the columns (moments and lists are given by the caller): {column: value}."""
        if table.name not in self.defaults:
            self.defaults[table.name] = {
                c.name: ([] if _makes(c, list) else {} if _makes(c, dict) else c.default.arg if c.default is not None and c.default.is_scalar else None)
                for c in table.columns
                if c.name != "id"
            }
        return self.defaults[table.name]


def _makes(column: Any, kind: type) -> bool:
    return column.default is not None and column.default.is_callable and column.default.arg.__name__ == kind.__name__
