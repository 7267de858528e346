"""What the database knows of its tables when it plans a query. Without it SQLite takes the wrong index as soon as a firm has grown."""

from __future__ import annotations

from sqlalchemy import text

from crm.extensions import db

# A few hundred rows of each index tell enough: reading them all would hold up the writers.
MEASURING = {"sqlite": ("PRAGMA analysis_limit=400", "ANALYZE"), "postgresql": ("ANALYZE",)}


def measure() -> None:
    """Look at the tables anew. Does not commit."""
    for statement in MEASURING[db.session.get_bind().dialect.name]:
        db.session.execute(text(statement))
