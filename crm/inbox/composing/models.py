"""Texts that are written again and again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from crm import clock
from crm.accounts.models import Department, User
from crm.extensions import Archivable, Identified, Model
from crm.inbox.models import Mailbox


class AtHand(Archivable):
    """What staff make once and use in many conversations: their own or everybody's, perhaps only of one mailbox or department."""

    name: Mapped[str] = mapped_column(String(80))
    owner_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    shared: Mapped[bool] = mapped_column(default=True)
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey(Mailbox.id))  # only in its conversations
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id))  # only in its conversations, or for who works there
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    @declared_attr
    def owner(self) -> Mapped[User]:
        return relationship()

    @declared_attr
    def mailbox(self) -> Mapped[Mailbox | None]:
        return relationship()

    @declared_attr
    def department(self) -> Mapped[Department | None]:
        return relationship()


class SavedReply(AtHand, Identified, Model):
    """A text with placeholders (filling.py), in one language or more. Only its owner sees one that is not shared."""

    __tablename__ = "saved_replies"
    __table_args__ = (Index(None, "archived_at", "name"),)

    shortcut: Mapped[str] = mapped_column(String(20), default="")  # what one types after the semicolon
    bodies: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # by language

    files: Mapped[list[SavedReplyFile]] = relationship(cascade="all, delete-orphan", order_by="SavedReplyFile.id")

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
