"""Jobs of the installation as a whole."""

from __future__ import annotations

from crm import planning
from crm.extensions import db


def measure_tables() -> None:
    """At night the database learns how its tables have grown."""
    planning.measure()
    db.session.commit()
