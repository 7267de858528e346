"""What is promised to whom."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.accounts.models import Department
from crm.calendars.models import OfficeHours
from crm.contacts.tags import Tag
from crm.extensions import Identified, Model, db
from crm.inbox.models import Mailbox
from crm.touchpoints.models import Touchpoint


class SlaPolicy(Identified, Model):
    """Targets for the conversations its selectors choose; what is empty chooses all. The first one that fits holds."""

    __tablename__ = "sla_policies"

    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(default=0)
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey(Mailbox.id))
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id))
    touchpoint_id: Mapped[int | None] = mapped_column(ForeignKey(Touchpoint.id))
    priority: Mapped[str] = mapped_column(String(8), default="")
    lifecycle: Mapped[str] = mapped_column(String(10), default="")
    tag_id: Mapped[int | None] = mapped_column(ForeignKey(Tag.id, ondelete="CASCADE"))  # without its tag a policy would hold for all
    first_response_minutes: Mapped[int | None]  # business time
    resolution_minutes: Mapped[int | None]
    warn_minutes: Mapped[int] = mapped_column(default=60)  # so much business time before
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey(OfficeHours.id, ondelete="SET NULL"))  # none: the department's
    pauses_snoozed: Mapped[bool] = mapped_column(default=False)  # whether clocks stand still also while snoozed
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    def target(self, kind: str) -> timedelta | None:
        minutes = self.first_response_minutes if kind == "first_response" else self.resolution_minutes
        return timedelta(minutes=minutes) if minutes else None

    @property
    def warning(self) -> timedelta:
        return timedelta(minutes=self.warn_minutes)

    def move(self, step: int) -> None:
        """One place up (-1) or down (1) in the order."""
        rows = list(db.session.scalars(ordered()))
        here = rows.index(self)
        there = min(max(here + step, 0), len(rows) - 1)
        rows.insert(there, rows.pop(here))
        for position, row in enumerate(rows):
            row.position = position


def ordered():
    return db.select(SlaPolicy).order_by(SlaPolicy.position, SlaPolicy.id)
