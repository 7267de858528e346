"""Who and what of the firm can be chosen: for owners, assignees, filters."""

from __future__ import annotations

from sqlalchemy import Integer, bindparam, or_, select

from crm.accounts import queries
from crm.accounts.models import User
from crm.extensions import db, fetch

STAFF = (
    select(User.id, User.name).where(or_(User.deactivated_at.is_(None), User.id == bindparam("besides", type_=Integer()))).order_by(User.name, User.id)
)


def staff(besides: int | None = None) -> list[tuple[int, str]]:
    """Everybody who works here, by name, and whoever it is at present (`besides`)."""
    return [(ident, name) for ident, name in fetch(STAFF, {"besides": besides or 0})]


def departments() -> list[tuple[int, str]]:
    """Those in use, in their order, in the reader's language."""
    return [(row.id, row.label) for row in db.session.scalars(queries.departments())]
