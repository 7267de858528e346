"""The journal of merged and split conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import User
from crm.extensions import Identified, Model
from crm.inbox.models import Conversation

KINDS = ("merge", "split")


class ConversationJoin(Identified, Model):
    """`source` went up into `target` (merge), or a part of it became `target` (split).

    `journal`: `rows` by table that moved, `added` keys that the target had not, `before` and `after` of the columns of both that changed.
    """

    __tablename__ = "conversation_joins"
    __table_args__ = (Index(None, "source_id", "kind", "undone_at"),)

    kind: Mapped[str] = mapped_column(String(8))
    source_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"))
    target_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    journal: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    source: Mapped[Conversation] = relationship(foreign_keys=[source_id])
    target: Mapped[Conversation] = relationship(foreign_keys=[target_id])
