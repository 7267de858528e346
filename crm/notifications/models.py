"""Notifications, and how each person wants to be told of each kind."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, update
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.accounts.models import User
from crm.extensions import Identified, Model, db, rows_changed

LONGEST = 400


class Notification(Identified, Model):
    """One thing one person should know. Unread ones are counted in `User.unread_notifications`, so that the bell costs no statement."""

    __tablename__ = "notifications"
    __table_args__ = (Index(None, "user_id", "at", "id"), Index(None, "about_type", "about_id"))

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(30))  # a key of kinds.KINDS
    text: Mapped[str] = mapped_column(String(LONGEST))  # in the language of whom it is for
    url: Mapped[str] = mapped_column(String(300))
    about_type: Mapped[str | None] = mapped_column(String(20))
    about_id: Mapped[int | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]
    unread_key: Mapped[str | None] = mapped_column(String(120), unique=True)  # whom, kind and about: nobody is told twice before having read it

    def read(self) -> None:
        read_all(self.user_id, Notification.id == self.id)
        db.session.refresh(self)


def read_all(user_id: int, *which: object) -> int:
    """The person has read these (all, unless narrowed). How many were unread. Never commits."""
    db.session.flush()
    unread = update(Notification).where(Notification.user_id == user_id, Notification.read_at.is_(None), *which)  # type: ignore[arg-type]
    number = rows_changed(unread.values(read_at=clock.now(), unread_key=None).execution_options(synchronize_session=False))
    count_unread(user_id, -number)
    return number


def count_unread(user_id: int, delta: int) -> None:
    """The database adds, so that two processes at the same moment both count."""
    if delta:
        kept = update(User).where(User.id == user_id).values(unread_notifications=User.unread_notifications + delta)
        db.session.execute(kept.execution_options(synchronize_session=False))
        if known := db.session.identity_map.get(db.session.identity_key(User, user_id)):
            db.session.expire(known, ["unread_notifications"])


class NotificationChoice(Identified, Model):
    """How a person wants to be told of a kind; without a row as the kind says."""

    __tablename__ = "notification_choices"
    __table_args__ = (Index(None, "user_id", "kind", unique=True),)

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(30))
    on_page: Mapped[bool] = mapped_column(default=True)
    by_mail: Mapped[bool] = mapped_column(default=False)


class Alarm(Identified, Model):
    """Something that is wrong with the installation, from when it was seen until it was gone. One row for each kind of trouble."""

    __tablename__ = "alarms"

    name: Mapped[str] = mapped_column(String(40), unique=True)  # a key of crm/alarms.py
    amount: Mapped[int] = mapped_column(default=0)  # how many, when it was told last
    began_at: Mapped[datetime] = mapped_column(default=clock.now)
    told_at: Mapped[datetime | None]
    over_at: Mapped[datetime | None]
