"""What a large load does without until its rows are there: a database that nobody uses yet can be made again if the machine fails meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import BindParameter, Table, bindparam, text

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
# How what slows down each row is taken away and made again. References are the database's own business on SQLite (see above).
DETAILS = {
    "sqlite": text("""SELECT 'DROP INDEX "' || name || '"', sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN :names ORDER BY rowid"""),
    "postgresql": text("""
        SELECT 'DROP INDEX ' || CAST(indexrelid AS regclass), pg_get_indexdef(indexrelid)
        FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
        WHERE relname IN :names AND relnamespace = CAST(current_schema() AS regnamespace)
          AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
        UNION ALL
        SELECT 'ALTER TABLE ' || CAST(conrelid AS regclass) || ' DROP CONSTRAINT ' || quote_ident(conname),
               'ALTER TABLE ' || CAST(conrelid AS regclass) || ' ADD CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(pg_constraint.oid)
        FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
        WHERE contype = 'f' AND relname IN :names AND relnamespace = CAST(current_schema() AS regnamespace)"""),
}


@contextmanager
def hurried() -> Iterator[None]:
    """Leave out what makes every single row safe; at the end all of them are."""
    _tell(HURRIED)
    yield
    _tell(USUAL)


@contextmanager
def bare(tables: Iterable[Table]) -> Iterator[None]:
    """Indexes, and on PostgreSQL references, are made once at the end: far quicker than keeping them row by row.

    They are made as they were and in the order they were: among equal indexes SQLite takes the youngest.
    """
    connection = db.session.connection()
    names: BindParameter = bindparam("names", [table.name for table in tables], expanding=True)
    details = connection.execute(DETAILS[connection.dialect.name].bindparams(names)).all()
    for take_away, _make in details:
        connection.exec_driver_sql(take_away)
    yield
    for _take_away, make in details:
        db.session.connection().exec_driver_sql(make)


def _tell(statements: Mapping[str, tuple[str, ...]]) -> None:
    """To the one connection this command has, between two transactions: within one, SQLite would not listen."""
    db.session.commit()
    with db.engine.connect() as connection:
        for statement in statements[connection.dialect.name]:
            connection.connection.cursor().execute(statement)
        connection.connection.commit()
