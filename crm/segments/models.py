"""A segment: a saved rule over contacts and their history, evaluated on demand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import User
from crm.extensions import Archivable, Identified, Model, db

COUNTED_EVERY = timedelta(hours=20)  # one point a day on the small line, however often somebody looks


class Segment(Archivable, Identified, Model):
    __tablename__ = "segments"

    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    rule: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)

    created_by: Mapped[User | None] = relationship()

    def note_count(self, count: int, *, changed: bool = False) -> None:
        """Remember today's count. With `changed` (a new rule) always, so that the line shows the step."""
        last = db.session.scalars(select(SegmentCount).where(SegmentCount.segment_id == self.id).order_by(SegmentCount.id.desc()).limit(1)).first()
        if not changed and last and clock.now() - last.counted_at < COUNTED_EVERY:
            last.count = count
        else:
            db.session.add(SegmentCount(segment_id=self.id, count=count))


class SegmentCount(Identified, Model):
    """How many people were in a segment on a day: the small line beside its name."""

    __tablename__ = "segment_counts"

    segment_id: Mapped[int] = mapped_column(ForeignKey(Segment.id, ondelete="CASCADE"), index=True)
    counted_at: Mapped[datetime] = mapped_column(default=clock.now)
    count: Mapped[int]
