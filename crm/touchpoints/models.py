"""A touchpoint: a place in the journey where customers meet the firm."""

from __future__ import annotations

from datetime import datetime

from flask_babel import get_locale
from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import Department, User
from crm.extensions import Identified, db

PHASES = ("before", "during", "after")  # the purchase
REACHES = ("direct", "indirect")
CHANNELS = ("email", "phone", "in_person", "chat", "web", "letter", "sms", "social", "review", "event", "other")


class Touchpoint(Identified, db.Model):
    """Retired ones keep their history; merged ones point at the touchpoint that took it over."""

    __tablename__ = "touchpoints"

    key: Mapped[str] = mapped_column(String(60), unique=True)  # stands in printed links: never changes
    name: Mapped[str] = mapped_column(String(120))
    name_de: Mapped[str] = mapped_column(String(120), default="")
    phase: Mapped[str] = mapped_column(String(10))
    reach: Mapped[str] = mapped_column(String(10), default="direct")
    channel: Mapped[str] = mapped_column(String(12))
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    promise: Mapped[str] = mapped_column(Text, default="")
    importance: Mapped[int] = mapped_column(default=3)  # 1 (marginal) to 5 (decides about staying)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    retired_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("touchpoints.id"))

    department: Mapped[Department | None] = relationship()
    owner: Mapped[User | None] = relationship()

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return self.name_de if self.name_de and str(get_locale()) == "de" else self.name

    @property
    def active(self) -> bool:
        return self.retired_at is None
