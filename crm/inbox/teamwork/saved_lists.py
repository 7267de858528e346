"""Saved lists of the inbox: one's own, and those that colleagues share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from crm.extensions import LARGEST_ID, db
from crm.inbox.teamwork.models import SavedList

MOST = 30  # shown to one person


def _seen(user: Any) -> Any:
    return SavedList.archived_at.is_(None) & or_(SavedList.owner_id == user.id, SavedList.shared)


def visible(user: Any) -> list[Any]:
    """By name."""
    columns = select(SavedList.id, SavedList.name, SavedList.filters, SavedList.owner_id, SavedList.shared)
    return list(db.session.execute(columns.where(_seen(user)).order_by(SavedList.name, SavedList.id).limit(MOST)))


def one(user: Any, ident: int | None) -> Any:
    """The list of this number, if this person sees it."""
    wanted = ident if ident and ident <= LARGEST_ID else 0
    return db.session.execute(select(SavedList.id, SavedList.name, SavedList.filters, SavedList.owner_id, SavedList.shared).where(_seen(user), SavedList.id == wanted)).one_or_none()
