"""The departments a firm starts with."""

from __future__ import annotations

from sqlalchemy import select

from crm.accounts.models import Department
from crm.extensions import db

DEPARTMENTS = (
    ("sales", "Sales", "Vertrieb"),
    ("service", "Service", "Service"),
    ("marketing", "Marketing", "Marketing"),
    ("management", "Management", "Geschäftsleitung"),
)


def create_departments() -> list[Department]:
    """The usual four, those that are missing. Never commits."""
    there = set(db.session.scalars(select(Department.key)))
    new = [
        Department(key=key, name=name, name_de=name_de, position=position)
        for position, (key, name, name_de) in enumerate(DEPARTMENTS, 1)
        if key not in there
    ]
    db.session.add_all(new)
    return new
