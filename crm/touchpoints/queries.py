"""Reads of the register."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from crm.extensions import db
from crm.touchpoints.models import Touchpoint


def visible_to(_user: Any) -> Select[Touchpoint]:
    """Everybody in the firm sees the whole register."""
    return select(Touchpoint)


def register(*, retired: bool = False) -> Select[Touchpoint]:
    """In the order of the journey, with department and owner; the retired ones only on request."""
    query = select(Touchpoint).options(joinedload(Touchpoint.department), joinedload(Touchpoint.owner), joinedload(Touchpoint.merged_into))
    there = Touchpoint.retired_at.is_not(None) if retired else Touchpoint.retired_at.is_(None)
    return query.where(there).order_by(Touchpoint.position, Touchpoint.id)


def others(touchpoint: Touchpoint) -> Select[Touchpoint]:
    """Those that could take it over, the ones of its channel first."""
    in_use = Touchpoint.retired_at.is_(None) & Touchpoint.merged_into_id.is_(None)
    return select(Touchpoint).where(in_use, Touchpoint.id != touchpoint.id).order_by(Touchpoint.channel != touchpoint.channel, Touchpoint.position)


def absorbed_by(touchpoint: Touchpoint) -> Select[Touchpoint]:
    return select(Touchpoint).where(Touchpoint.merged_into_id == touchpoint.id).order_by(Touchpoint.position)


def last_position() -> int:
    return db.session.scalar(select(func.max(Touchpoint.position))) or 0
