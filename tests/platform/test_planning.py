"""The planner of the database is told how the tables have grown."""

from __future__ import annotations

from sqlalchemy import text

from crm import jobs
from crm.extensions import db

KNOWN = {
    "sqlite": "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'contacts'",
    "postgresql": "SELECT count(*) FROM pg_stats WHERE tablename = 'contacts' AND attname = 'sort_name'",
}


def test_at_night_the_database_learns_how_its_tables_have_grown(app, make):
    make.contact("Anna", "Albers")
    make.contact("Bernd", "Bach")
    jobs.measure_tables()
    assert db.session.scalar(text(KNOWN[db.session.get_bind().dialect.name]))
