"""What a team keeps beside its conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.accounts.models import User
from crm.contacts import renaming_tags
from crm.extensions import Archivable, Identified, Model, db
from crm.inbox.models import Conversation, Mailbox

conversation_tags = Table(
    "conversation_tags",
    db.metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True),
)
renaming_tags.HANGING["conversation_id"] = conversation_tags  # a tag that is merged or deleted is so everywhere


class Turns(Model):
    """New conversations of this mailbox are given to the present people of its department by turns."""

    __tablename__ = "assignment_turns"

    mailbox_id: Mapped[int] = mapped_column(ForeignKey(Mailbox.id, ondelete="CASCADE"), primary_key=True)
    last_user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))  # whose turn it was last


class Watch(Model):
    """Who is told when the customer answers. `since` is empty for those who said they do not want to be, so that nothing adds them again."""

    __tablename__ = "conversation_watches"
    __table_args__ = (Index(None, "user_id", "since"),)

    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime | None] = mapped_column(default=clock.now)


class Mention(Model):
    """Who was mentioned in an internal note of a conversation, and when last."""

    __tablename__ = "conversation_mentions"

    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class Visit(Model):
    """When somebody last had a conversation open (`here_at`, kept by the page's heartbeat), wrote in it, and saw all that was in it."""

    __tablename__ = "conversation_visits"

    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), primary_key=True)
    here_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime | None]
    writing_at: Mapped[datetime | None]


class SavedList(Archivable, Identified, Model):
    """A named narrowing of the inbox, for its owner or for everybody."""

    __tablename__ = "inbox_lists"

    owner_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    name: Mapped[str] = mapped_column(String(60))
    shared: Mapped[bool] = mapped_column(default=False)
    filters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # as the address of the list has them
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class WatchChoice(Model):
    """When somebody begins to watch a conversation by themselves; without a row as the columns' defaults say."""

    __tablename__ = "watch_choices"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), primary_key=True)
    mentioned: Mapped[bool] = mapped_column(default=True)
    assigned: Mapped[bool] = mapped_column(default=True)
    answered: Mapped[bool] = mapped_column(default=True)
