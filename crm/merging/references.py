"""What points at a contact or an organisation, read from the metadata of all features; and how rows and values are written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ColumnElement, MetaData, PrimaryKeyConstraint, Table, UniqueConstraint, tuple_

from crm.contacts.models import Contact, Organisation
from crm.extensions import db

MODELS: dict[str, type[Contact] | type[Organisation]] = {"contact": Contact, "organisation": Organisation}


def name_of(column: Column) -> str:
    return f"{column.table.name}.{column.name}"


def references(kind: str, metadata: MetaData | None = None) -> list[Column]:
    """Every column that holds the id of a record of this kind, in a fixed order."""
    return pointing_at(MODELS[kind].__tablename__, metadata)


def pointing_at(table_name: str, metadata: MetaData | None = None) -> list[Column]:
    tables = sorted((metadata or db.metadata).tables.values(), key=lambda table: table.name)
    return [column for table in tables for column in table.columns for key in column.foreign_keys if key.column.table.name == table_name]


def unique_keys(column: Column) -> Iterator[tuple[Column, ...]]:
    """The other columns of each unique key that `column` is part of: two rows that agree in them cannot both have the same reference."""
    table = column.table
    kinds = (PrimaryKeyConstraint, UniqueConstraint)
    keys = [tuple(one.columns) for one in table.constraints if isinstance(one, kinds)]
    keys += [tuple(index.columns) for index in table.indexes if index.unique]
    for key in keys:
        if column in key:
            yield tuple(other for other in key if other is not column)


def key_columns(table: Table, moved: Column | None = None) -> list[Column]:
    """What a row is found by while the column `moved` changes."""
    return [column for column in table.primary_key if column is not moved]


def found_by(table: Table, keys: Iterable[Any], moved: Column | None = None) -> ColumnElement[bool]:
    """The rows with these keys, as the journal writes them."""
    columns = key_columns(table, moved)
    if len(columns) == 1:
        return columns[0].in_([decoded(key, columns[0]) for key in keys])
    return tuple_(*columns).in_([tuple(decoded(part, column) for part, column in zip(key, columns, strict=True)) for key in keys])


def key_of(table: Table, row: Any, moved: Column | None = None) -> Any:
    parts = [encoded(row[column.name]) for column in key_columns(table, moved)]
    return parts[0] if len(parts) == 1 else parts


def untouched(table: Table) -> dict[str, Any]:
    """Columns that would change by themselves in an UPDATE (updated_at): nobody worked on a row that only moves."""
    return {column.name: column for column in table.columns if column.onupdate is not None}


def encoded(value: Any) -> Any:
    """As JSON keeps it."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def decoded(value: Any, column: Column) -> Any:
    kind = getattr(column.type, "impl_instance", column.type)
    if value is None or not isinstance(value, str):
        return value
    try:
        python = kind.python_type
    except NotImplementedError:
        return value
    if issubclass(python, datetime):
        return datetime.fromisoformat(value)
    if issubclass(python, date):
        return date.fromisoformat(value)
    return Decimal(value) if issubclass(python, Decimal) else value
