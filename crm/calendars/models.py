"""The calendars of the firm: working hours, days unlike others, and which departments go by which."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import JSON, ForeignKey, Index, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import Department
from crm.calendars.business_time import Calendar
from crm.errors import Refused
from crm.extensions import Identified, Model, db

EVES = ("work", "half", "off")
USUAL = ((540, 750), (780, 1050))  # 9:00–12:30, 13:00–17:30
USUAL_WEEK = (USUAL,) * 5 + ((), ())


class OfficeHours(Identified, Model):
    """A calendar as it is kept. What is counted with it: `calendar`."""

    __tablename__ = "calendars"

    name: Mapped[str] = mapped_column(String(80))
    zone: Mapped[str] = mapped_column(String(40))
    region: Mapped[str] = mapped_column(String(10), default="")
    eves: Mapped[str] = mapped_column(String(4), default="work")
    week: Mapped[list[Any]] = mapped_column(JSON)  # seven lists of [from, to], minutes after midnight
    is_default: Mapped[bool] = mapped_column(default=False)
    edition: Mapped[str] = mapped_column(String(16), default=lambda: secrets.token_hex(8))  # another after each change: what is kept in memory is of one edition
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    days: Mapped[list[OwnDay]] = relationship(cascade="all, delete-orphan", order_by="OwnDay.day")

    @property
    def calendar(self) -> Calendar:
        """For counting."""
        own = {row.day: tuple((start, end) for start, end in row.spans) for row in self.days}
        week = tuple(tuple((start, end) for start, end in spans) for spans in self.week)
        return Calendar(week, self.zone, self.region, self.eves, own, {row.day: row.name for row in self.days}, self.name, self.id)

    def changed(self) -> None:
        self.edition = secrets.token_hex(8)

    def set_day(self, day: date, name: str, spans: Iterable[tuple[int, int]] = ()) -> None:
        """A day unlike others of its kind: off, or open at these hours."""
        row = next((known for known in self.days if known.day == day), None)
        if row is None:
            row = OwnDay(day=day)
            self.days.append(row)
        row.name, row.spans = name, [list(span) for span in spans]
        self.changed()

    def drop_day(self, day: OwnDay) -> None:
        self.days.remove(day)
        self.changed()

    def make_default(self) -> None:
        """There is exactly one that holds for whom no other does."""
        db.session.execute(update(OfficeHours).values(is_default=False))
        self.is_default = True

    def used_by(self, departments: Iterable[int]) -> None:
        """Exactly these departments go by it; each goes by one calendar only."""
        wanted = set(departments)
        db.session.flush()
        db.session.execute(delete(DepartmentCalendar).where((DepartmentCalendar.calendar_id == self.id) | DepartmentCalendar.department_id.in_(wanted)))
        db.session.add_all([DepartmentCalendar(calendar_id=self.id, department_id=ident) for ident in sorted(wanted)])

    def remove(self) -> None:
        if self.is_default:
            raise Refused(_("This calendar holds for everybody who has no other one. Make another one do that first."))
        db.session.execute(delete(DepartmentCalendar).where(DepartmentCalendar.calendar_id == self.id))
        db.session.delete(self)

    def departments(self) -> list[int]:
        return list(db.session.scalars(select(DepartmentCalendar.department_id).where(DepartmentCalendar.calendar_id == self.id)))


class OwnDay(Identified, Model):
    """A day off of our own, or one on which we work although it would be free."""

    __tablename__ = "calendar_days"
    __table_args__ = (Index(None, "calendar_id", "day", unique=True),)

    calendar_id: Mapped[int] = mapped_column(ForeignKey(OfficeHours.id, ondelete="CASCADE"))
    day: Mapped[date]
    name: Mapped[str] = mapped_column(String(80), default="")
    spans: Mapped[list[Any]] = mapped_column(JSON, default=list)


class DepartmentCalendar(Identified, Model):
    """Which calendar a department goes by; without a row by the default one."""

    __tablename__ = "department_calendars"

    department_id: Mapped[int] = mapped_column(ForeignKey(Department.id, ondelete="CASCADE"), unique=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey(OfficeHours.id, ondelete="CASCADE"), index=True)
