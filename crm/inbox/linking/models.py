"""That two conversations have to do with each other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.accounts.models import User
from crm.extensions import Identified, Model
from crm.inbox.models import Conversation

KINDS = ("related", "duplicate", "follow_up")


class ConversationLink(Identified, Model):
    """`from_id` is related to, a duplicate of, or the follow-up of `to_id`. When one of them is merged its links go along (joining/moving.py)."""

    __tablename__ = "conversation_links"

    kind: Mapped[str] = mapped_column(String(10))
    from_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]
