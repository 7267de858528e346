"""Texts that are written again and again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import Department, User
from crm.extensions import Identified, Model
from crm.inbox.models import Mailbox


class SavedReply(Identified, Model):
    """A text with placeholders (filling.py), in one language or more. Only its owner sees one that is not shared."""

    __tablename__ = "saved_replies"
    __table_args__ = (Index(None, "archived_at", "name"),)

    name: Mapped[str] = mapped_column(String(80))
    shortcut: Mapped[str] = mapped_column(String(20), default="")  # what one types after the semicolon
    bodies: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # by language
    owner_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    shared: Mapped[bool] = mapped_column(default=True)
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey(Mailbox.id))  # only in its conversations
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id))  # only in its conversations, or for who works there
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    archived_at: Mapped[datetime | None]

    owner: Mapped[User] = relationship()
    mailbox: Mapped[Mailbox | None] = relationship()
    department: Mapped[Department | None] = relationship()
    files: Mapped[list[SavedReplyFile]] = relationship(cascade="all, delete-orphan", order_by="SavedReplyFile.id")

    def archive(self) -> None:
        self.archived_at = self.archived_at or clock.now()

    def unarchive(self) -> None:
        self.archived_at = None

    def text(self, language: str) -> str:
        """In `language`, else in whichever there is."""
        return self.bodies.get(language) or next(filter(None, self.bodies.values()), "")


class SavedReplyFile(Identified, Model):
    """A file that goes with what is written from a saved reply."""

    __tablename__ = "saved_reply_files"

    saved_reply_id: Mapped[int] = mapped_column(ForeignKey(SavedReply.id, ondelete="CASCADE"), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(120))  # by its bytes
    size: Mapped[int]
    blob: Mapped[str] = mapped_column(String(64))
