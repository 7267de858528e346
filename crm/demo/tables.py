"""Rows in bulk: collected per table with their ids given here, turned column by column into what the driver takes, far quicker than objects."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, Column, String, Table, func, make_url, select
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault

from crm.extensions import UtcDateTime, db

SQLITE = make_url("sqlite://").get_dialect()()
NULL = "\\N"  # as COPY reads it


class Batch(NamedTuple):
    """Rows of one table, ready to be written: as tuples for SQLite, as the text of a COPY for PostgreSQL."""

    table: str
    names: list[str]
    rows: Any


class Tables:
    """`add(model, **columns)` collects a row and returns its id, counted from `begins` on. Columns left out get their default."""

    def __init__(self, begins: Mapping[str, int]) -> None:
        self.begins, self.free = begins, dict(begins)
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.defaults: dict[str, Mapping[str, Any]] = {}

    def add(self, model: Any, **columns: Any) -> int:
        name = model.__tablename__
        if name not in self.defaults:
            self.defaults[name] = _defaults(model.__table__)
        ident = self.free[name]
        self.free[name] = ident + 1
        self.rows[name].append({**self.defaults[name], **columns, "id": ident})
        return ident

    def link(self, table: Table, **columns: Any) -> None:
        self.rows[table.name].append(columns)

    def batches(self, dialect: str) -> list[Batch]:
        """What was collected, parents first, for a database of this kind. It may be written by another process."""
        batch = _for_sqlite if dialect == "sqlite" else _for_postgresql
        made = [batch(table, self.rows[table.name]) for table in db.metadata.sorted_tables if table.name in self.rows]
        self.rows.clear()
        return made


def begins(models: Iterable[Any]) -> dict[str, int]:
    """The first free id of each model's table."""
    return {model.__tablename__: (db.session.scalar(select(func.max(model.id))) or 0) + 1 for model in models}


def write(batches: Iterable[Batch]) -> None:
    """Insert the rows and commit."""
    db.session.flush()
    cursor = db.session.connection().connection.cursor()
    for table, names, rows in batches:
        columns = ", ".join(f'"{name}"' for name in names)
        if isinstance(rows, str):
            with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                copy.write(rows)
        else:
            cursor.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join("?" * len(names))})', rows)  # noqa: S608 — our own names
    db.session.commit()


def settle(names: Iterable[str]) -> None:
    """Let PostgreSQL's sequences go on after the ids we gave."""
    if db.session.get_bind().dialect.name == "postgresql":
        for name in names:
            largest = select(func.max(db.metadata.tables[name].c.id)).scalar_subquery()
            db.session.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), largest)))


def _for_sqlite(table: Table, rows: list[dict[str, Any]]) -> Batch:
    columns = _filled(table, rows)
    encoded = [_encoded(values, _stored(table.c[name]), None) for name, values in columns.items()]
    return Batch(table.name, list(columns), list(zip(*encoded, strict=True)))


def _for_postgresql(table: Table, rows: list[dict[str, Any]]) -> Batch:
    columns = _filled(table, rows)
    encoded = [_encoded(values, _written(table.c[name]), NULL) for name, values in columns.items()]
    return Batch(table.name, list(columns), "\n".join(map("\t".join, zip(*encoded, strict=True))) + "\n")


def _filled(table: Table, rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """The rows as columns; those that are empty everywhere, and many are, need not be written."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return {name: values for name, values in columns.items() if table.c[name].server_default is not None or values.count(None) < len(values)}


def _encoded(values: list[Any], encode: Callable[[Any], Any] | None, nothing: Any) -> list[Any]:
    """Each object is encoded once, however many rows hold it."""
    if encode is None:
        return values
    objects = {id(value): value for value in values}
    known = {ident: nothing if value is None else encode(value) for ident, value in objects.items()}
    return [known[id(value)] for value in values]


def _stored(column: Column) -> Callable[[Any], Any] | None:
    """How SQLite keeps a value of this column."""
    if isinstance(column.type, UtcDateTime):
        return _moment
    return column.type.dialect_impl(SQLITE).bind_processor(SQLITE)


def _moment(value: datetime) -> str:
    """What SQLAlchemy's type for SQLite writes, in a fifth of the time."""
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def _written(column: Column) -> Callable[[Any], str]:
    """How a value of this column is written in the text of a COPY."""
    if isinstance(column.type, JSON):
        return lambda value: _escaped(json.dumps(value))
    return _escaped if isinstance(column.type, String) else str


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


def _defaults(table: Table) -> dict[str, Any]:
    """The constant defaults of the columns: {column: value}; moments are given by the caller."""
    return {column.name: _default(column) for column in table.columns if column.name != "id"}


def _default(column: Column) -> Any:
    default = column.default
    if isinstance(default, ScalarElementColumnDefault):
        return default.arg
    made_by = getattr(default.arg, "__name__", "") if isinstance(default, CallableColumnDefault) else ""
    return {"list": [], "dict": {}}.get(made_by)
