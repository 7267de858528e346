"""The order of own fields: a field changes places with its neighbour."""

from __future__ import annotations

from sqlalchemy import select

from crm.contacts.custom.models import CustomField
from crm.extensions import db


def move(field: CustomField, steps: int) -> None:
    """Up (-1) or down (1) among the fields in use; at either end nothing happens."""
    row = list(db.session.scalars(
        select(CustomField).where(CustomField.about == field.about, CustomField.archived_at.is_(None)).order_by(CustomField.position, CustomField.id)
    ))
    if field not in row:
        return
    here = row.index(field)
    there = min(max(here + steps, 0), len(row) - 1)
    row.insert(there, row.pop(here))
    for position, each in enumerate(row, 1):
        each.position = position
