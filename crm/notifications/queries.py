"""What is read about notifications."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from crm.accounts.models import User
from crm.extensions import db
from crm.notifications.kinds import KINDS
from crm.notifications.models import Notification, NotificationChoice

By = aliased(User)
Wish = tuple[bool, bool]  # on the page, by mail


def mine(user_id: int, *, unread: bool = False) -> Select:
    """A row for each of the person's notifications, unordered."""
    row = Notification
    found = select(row.id, row.kind, row.text, row.url, row.at, row.read_at, By.name.label("by")).outerjoin(By, By.id == row.by_id).where(row.user_id == user_id)
    return found.where(row.read_at.is_(None)) if unread else found


def wishes(user_ids: Iterable[int], kinds: Iterable[str]) -> dict[tuple[int, str], Wish]:
    """How each person wants to be told of each kind: as chosen, else as the kind says."""
    people, kinds = list(user_ids), list(kinds)
    found = {(person, kind): (KINDS[kind].on_page, KINDS[kind].by_mail) for person in people for kind in kinds}
    chosen = select(NotificationChoice).where(NotificationChoice.user_id.in_(people), NotificationChoice.kind.in_(kinds))
    return found | {(row.user_id, row.kind): (row.on_page, row.by_mail) for row in db.session.scalars(chosen)}


def administrators() -> list[User]:
    """Who gets alarms."""
    return list(db.session.scalars(select(User).where(User.role == "admin", User.deactivated_at.is_(None)).order_by(User.id)))


def told_already(keys: Iterable[str]) -> set[str]:
    return set(db.session.scalars(select(Notification.unread_key).where(Notification.unread_key.in_(list(keys)))))


def choice(user: Any, kind: str) -> NotificationChoice:
    """The row that keeps the person's choice, new if there is none."""
    row = db.session.scalars(select(NotificationChoice).where(NotificationChoice.user_id == user.id, NotificationChoice.kind == kind)).one_or_none()
    if row is None:
        row = NotificationChoice(user_id=user.id, kind=kind)
        db.session.add(row)
    return row
