"""A reply that waits for its time. It is no message yet: the customer has not been answered before it leaves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import User
from crm.extensions import Identified, Model
from crm.inbox.models import Conversation
from crm.outbox.models import Delivery


class ScheduledReply(Identified, Model):
    """`delivery` lies in the outbox with its time; when that has come the reply becomes a message (`settled_at`), unless it was cancelled."""

    __tablename__ = "scheduled_replies"
    __table_args__ = (Index(None, "conversation_id", "settled_at"), Index(None, "settled_at", "send_at"))

    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    delivery_id: Mapped[int] = mapped_column(ForeignKey(Delivery.id), index=True)
    send_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)
    cc: Mapped[list[str]] = mapped_column(JSON, default=list)
    files: Mapped[list[Any]] = mapped_column(JSON, default=list)  # [[filename, content type, size, blob], …]
    resolves: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]  # it left, or was cancelled

    conversation: Mapped[Conversation] = relationship()
    user: Mapped[User] = relationship()
    delivery: Mapped[Delivery] = relationship()
