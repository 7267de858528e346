"""Senders whose pictures are shown at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import User
from crm.extensions import Identified, Model, db


class TrustedSender(Identified, Model):
    """An address, or a whole domain. Holds for the firm, until somebody takes it back."""

    __tablename__ = "trusted_senders"
    __table_args__ = (Index(None, "value", unique=True),)

    value: Mapped[str] = mapped_column(String(320))  # a comparable address, or a domain: without @
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    by: Mapped[User | None] = relationship()

    @classmethod
    def trust(cls, value: str, by: User) -> None:
        """Once is enough."""
        if value and not db.session.scalar(db.select(cls.id).where(cls.value == value)):
            db.session.add(cls(value=value, by_id=by.id))
