"""A task: something a member of staff has to do by a date."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.extensions import Identified, db


class Task(Identified, db.Model):
    """`due_at` is the moment it falls overdue; with `all_day` that is the end of the owner's day."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index(None, "assignee_id", "done_at", "due_at"),
        Index(None, "contact_id", "done_at", "due_at"),
        Index(None, "about_type", "about_id"),
    )

    title: Mapped[str] = mapped_column(String(300))
    notes: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime | None]
    all_day: Mapped[bool] = mapped_column(default=True)
    assignee_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))  # None: a rule made it
    contact_id: Mapped[int | None] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"))
    about_type: Mapped[str | None] = mapped_column(String(20))  # where the promise was made: "conversation", "feedback", "interaction"
    about_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    cancelled_at: Mapped[datetime | None]

    contact: Mapped[Contact | None] = relationship()
    assignee: Mapped[User] = relationship(foreign_keys=[assignee_id])
