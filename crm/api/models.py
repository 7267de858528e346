"""Answers kept so that a repeated POST with the same key is answered, not carried out, again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.accounts.models import ApiToken
from crm.extensions import Identified, Model


class IdempotencyKey(Identified, Model):
    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "token_id", "key", unique=True),)

    token_id: Mapped[int] = mapped_column(ForeignKey(ApiToken.id, ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(64))  # SHA-256 of method, path and body
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Text, default="")
    headers: Mapped[str] = mapped_column(Text, default="{}")
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
