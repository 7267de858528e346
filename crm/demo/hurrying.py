"""What a large load does without until its rows are there: a database that nobody uses yet can be made again if the machine fails meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Table

from crm.extensions import db

# SQLite: waiting for the disk, looking up every reference; PostgreSQL: sorting in little memory.
HURRIED = {
    "sqlite": ("PRAGMA synchronous=OFF", "PRAGMA foreign_keys=OFF", "PRAGMA threads=2"),
    "postgresql": ("SET synchronous_commit=off", "SET maintenance_work_mem='512MB'", "SET work_mem='128MB'"),
}
USUAL = {
    "sqlite": ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA threads=0", "PRAGMA wal_checkpoint(TRUNCATE)"),  # this waits for the disk, once
    "postgresql": ("RESET synchronous_commit", "RESET maintenance_work_mem", "RESET work_mem"),
}


@contextmanager
def hurried() -> Iterator[None]:
    """Leave out what makes every single row safe; at the end all of them are."""
    _tell(HURRIED)
    yield
    _tell(USUAL)


@contextmanager
def without_indexes(tables: Iterable[Table]) -> Iterator[None]:
    """Making the indexes once at the end is far quicker than keeping them row by row."""
    indexes = [index for table in tables for index in sorted(table.indexes, key=lambda index: index.name or "")]
    for index in indexes:
        index.drop(db.session.connection())
    yield
    for index in indexes:
        index.create(db.session.connection())


def _tell(statements: Mapping[str, tuple[str, ...]]) -> None:
    """To the one connection this command has, between two transactions: within one, SQLite would not listen."""
    db.session.commit()
    with db.engine.connect() as connection:
        for statement in statements[connection.dialect.name]:
            connection.connection.cursor().execute(statement)
        connection.connection.commit()
