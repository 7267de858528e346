"""What was done to many contacts at once, and how each of them was before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.extensions import Identified, Model


class BulkEdit(Identified, Model):
    """One change of many contacts. `kept` says how many somebody had changed again when it was taken back."""

    __tablename__ = "bulk_edits"

    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    change: Mapped[str] = mapped_column(String(80))  # owner, lifecycle, archived_at, tags+, tags-, custom.KEY
    value: Mapped[Any] = mapped_column(JSON)  # what was set, or the names of the tags
    asked: Mapped[str] = mapped_column(Text, default="")  # the address of the list they were chosen from
    count: Mapped[int] = mapped_column(default=0)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    kept: Mapped[int] = mapped_column(default=0)

    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
    undone_by: Mapped[User | None] = relationship(foreign_keys=[undone_by_id])


class BulkEditRow(Identified, Model):
    """The journal: one contact that was changed. A value of a column or an own field, or the ids of those tags of the change that hung there."""

    __tablename__ = "bulk_edit_rows"
    __table_args__ = (Index(None, "edit_id", "contact_id"),)

    edit_id: Mapped[int] = mapped_column(ForeignKey(BulkEdit.id, ondelete="CASCADE"))
    contact_id: Mapped[int] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"), index=True)
    before: Mapped[Any] = mapped_column(JSON)
    after: Mapped[Any] = mapped_column(JSON)
