"""What is done again and again, in one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import Department, User
from crm.extensions import Identified, Model
from crm.inbox.models import Mailbox


class Macro(Identified, Model):
    """Steps that are carried out together (running.py). Only its owner sees one that is not shared.

    `steps`, each only if wanted: assign ("me", "nobody" or the number of a user), department_id, priority, touchpoint_id, tags (names to add),
    note, saved_reply_id, finish ("resolve", "snooze:…" with a key of PUT_OFF or "answer", "wait:" with a number of days).
    """

    __tablename__ = "macros"
    __table_args__ = (Index(None, "archived_at", "name"),)

    name: Mapped[str] = mapped_column(String(80))
    steps: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    owner_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    shared: Mapped[bool] = mapped_column(default=True)
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey(Mailbox.id))  # only in its conversations
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id))  # only in its conversations, or for who works there
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    archived_at: Mapped[datetime | None]

    owner: Mapped[User] = relationship()
    mailbox: Mapped[Mailbox | None] = relationship()
    department: Mapped[Department | None] = relationship()

    def archive(self) -> None:
        self.archived_at = self.archived_at or clock.now()

    def unarchive(self) -> None:
        self.archived_at = None
