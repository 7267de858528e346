"""A segment: a saved rule over contacts and their history, evaluated on demand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import User
from crm.extensions import Identified, db


class Segment(Identified, db.Model):
    __tablename__ = "segments"

    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    rule: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    archived_at: Mapped[datetime | None]

    created_by: Mapped[User | None] = relationship()


class SegmentCount(Identified, db.Model):
    """How many people were in a segment on a day: the small line beside its name."""

    __tablename__ = "segment_counts"

    segment_id: Mapped[int] = mapped_column(ForeignKey(Segment.id, ondelete="CASCADE"), index=True)
    counted_at: Mapped[datetime] = mapped_column(default=clock.now)
    count: Mapped[int]
