"""Who and what of the firm can be chosen: for owners, assignees, filters."""

from __future__ import annotations

from sqlalchemy import or_, select

from crm.accounts import queries
from crm.accounts.models import User
from crm.extensions import db


def staff(besides: int | None = None) -> list[tuple[int, str]]:
    """Everybody who works here, by name, and whoever it is at present (`besides`)."""
    there = or_(User.deactivated_at.is_(None), User.id == (besides or 0))
    return [(row.id, row.name) for row in db.session.execute(select(User.id, User.name).where(there).order_by(User.name, User.id))]


def departments() -> list[tuple[int, str]]:
    """Those in use, in their order, in the reader's language."""
    return [(row.id, row.label) for row in db.session.scalars(queries.departments())]
