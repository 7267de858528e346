"""Rows in bulk: collected per table with their ids given here, handed to the driver as plain values, far quicker than objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

from sqlalchemy import Column, Dialect, Table, func, select
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault

from crm.extensions import db

FULL = 40_000  # rows held before they are written


class Tables:
    """`add(model, **columns)` returns the row's id; `flush()` writes and commits what was added, parents first. Columns left out get their default."""

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
            self.defaults[name] = _defaults(model.__table__)
        ident = next(self.ids[name])
        self.rows[name].append({**self.defaults[name], **columns, "id": ident})
        self.waiting += 1
        return ident

    def link(self, table: Table, **columns: Any) -> None:
        self.rows[table.name].append(columns)

    def flush_when_full(self) -> None:
        """Between two people: what is half made must stay at hand."""
        if self.waiting >= FULL:
            self.flush()

    def flush(self) -> None:
        db.session.flush()
        for name in sorted(self.rows, key=self.order.__getitem__):
            _write(db.metadata.tables[name], self.rows[name])
        self.rows.clear()
        self.waiting = 0
        db.session.commit()

    def settle(self) -> None:
        """Let PostgreSQL's sequences go on after the ids we gave."""
        self.flush()
        if db.session.get_bind().dialect.name == "postgresql":
            for name in self.ids:
                largest = select(func.max(db.metadata.tables[name].c.id)).scalar_subquery()
                db.session.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), largest)))


@contextmanager
def without_indexes(*models: Any) -> Iterator[None]:
    """Drop the plain indexes of these tables for the time of a large load: making them once at the end is far quicker."""
    indexes = [index for model in models for index in model.__table__.indexes if not index.unique]
    for index in indexes:
        index.drop(db.session.connection())
    yield
    for index in indexes:
        index.create(db.session.connection())


def _write(table: Table, rows: list[dict[str, Any]]) -> None:
    """COPY on PostgreSQL, one prepared INSERT on SQLite."""
    connection, names = db.session.connection(), list(rows[0])
    encoders = [_encoder(table.c[name], connection.dialect) for name in names]
    lines = (tuple([value if value is None or encode is None else encode(value) for value, encode in zip(row.values(), encoders, strict=True)]) for row in rows)
    columns = ", ".join(f'"{name}"' for name in names)
    cursor = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        cursor.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({", ".join("?" * len(names))})', list(lines))  # noqa: S608 — our own names
        return
    with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        for line in lines:
            copy.write_row(line)


def _encoder(column: Column, dialect: Dialect) -> Callable[[Any], Any] | None:
    """How a value of this column is handed to the driver; the same few values come again and again."""
    encode = column.type.dialect_impl(dialect).bind_processor(dialect)
    if encode is None:
        return None
    known: dict[Any, Any] = {}

    def remembered(value: Any) -> Any:
        key = repr(value) if isinstance(value, (dict, list)) else value
        if key not in known:
            if len(known) > FULL:
                known.clear()
            known[key] = encode(value)
        return known[key]

    return remembered


def _defaults(table: Table) -> dict[str, Any]:
    """The constant defaults of the columns: {column: value}; moments are given by the caller."""
    return {column.name: _default(column) for column in table.columns if column.name != "id"}


def _default(column: Column) -> Any:
    default = column.default
    if isinstance(default, ScalarElementColumnDefault):
        return default.arg
    made_by = getattr(default.arg, "__name__", "") if isinstance(default, CallableColumnDefault) else ""
    return {"list": [], "dict": {}}.get(made_by)
