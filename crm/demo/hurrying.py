"""What a large load does without until its rows are there: a database that nobody uses yet can be made again if the machine fails meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Table, bindparam, text

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
INDEXES = {
    "sqlite": text("""SELECT '"' || name || '"', sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN :names ORDER BY rowid"""),
    "postgresql": text("""
        SELECT CAST(CAST(pg_index.indexrelid AS regclass) AS text), pg_get_indexdef(pg_index.indexrelid)
        FROM pg_index JOIN pg_class ON pg_class.oid = pg_index.indrelid LEFT JOIN pg_constraint ON pg_constraint.conindid = pg_index.indexrelid
        WHERE pg_class.relname IN :names AND pg_class.relnamespace = CAST(current_schema() AS regnamespace) AND pg_constraint.oid IS NULL
        ORDER BY pg_index.indexrelid"""),
}
MEASURED = {"sqlite": ("PRAGMA analysis_limit=400", "ANALYZE"), "postgresql": ("ANALYZE",)}


@contextmanager
def hurried() -> Iterator[None]:
    """Leave out what makes every single row safe; at the end all of them are."""
    _tell(HURRIED)
    yield
    _tell(USUAL)


@contextmanager
def without_indexes(tables: Iterable[Table]) -> Iterator[None]:
    """Making the indexes once at the end is far quicker than keeping them row by row.

    They are made as they were and in the order they were: among equals SQLite takes the youngest.
    """
    connection = db.session.connection()
    names = {"names": [table.name for table in tables]}
    indexes = connection.execute(INDEXES[connection.dialect.name].bindparams(bindparam("names", expanding=True)), names).all()
    for name, _definition in indexes:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        db.session.connection().exec_driver_sql(definition)


def measure() -> None:
    """Let the planner know what the tables are like, from a few hundred rows of each: without, it compares every contact with every answer."""
    for statement in MEASURED[db.session.get_bind().dialect.name]:
        db.session.execute(text(statement))


def _tell(statements: Mapping[str, tuple[str, ...]]) -> None:
    """To the one connection this command has, between two transactions: within one, SQLite would not listen."""
    db.session.commit()
    with db.engine.connect() as connection:
        for statement in statements[connection.dialect.name]:
            connection.connection.cursor().execute(statement)
        connection.connection.commit()
