"""How Alembic reaches our database: through the application, in one transaction, one machine at a time."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

from crm.extensions import db
from crm.migrating import LOCK, is_ours

TARGET = db.metadata


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=TARGET,
        include_name=is_ours,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.run_migrations()


def upgrade() -> None:
    with db.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            run(connection)
            return
        # Batch migrations rebuild tables; with foreign keys on, dropping the old one would delete the rows that point at it.
        raw = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            run(connection)
            broken = raw.execute("PRAGMA foreign_key_check").fetchall()
            assert not broken, f"the migration left rows that point nowhere: {broken[:5]}"
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


upgrade()
