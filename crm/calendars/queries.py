"""Which calendar holds for whom. Calendars are kept in memory by their edition, so that asking costs one short statement."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import current_app
from sqlalchemy import Select, func, select

from crm.calendars.business_time import Calendar
from crm.calendars.models import USUAL_WEEK, DepartmentCalendar, OfficeHours
from crm.extensions import db

_known: dict[str, Calendar] = {}


def calendar_for(whom: Any = None) -> Calendar:
    """The calendar of a department, of what belongs to one (a mailbox, a user), or of the firm (None)."""
    department = whom.department_id if hasattr(whom, "department_id") else whom.id if whom is not None else None
    return by_department(department)


def by_department(ident: int | None) -> Calendar:
    asked = select(OfficeHours.id, OfficeHours.edition).order_by(OfficeHours.is_default, OfficeHours.id.desc()).limit(1)
    own = select(DepartmentCalendar.calendar_id).where(DepartmentCalendar.department_id == ident).scalar_subquery()
    found = db.session.execute(asked.where(OfficeHours.is_default | (OfficeHours.id == own))).first()
    return _of_edition(*found) if found else usual()


def by_id(ident: int | None) -> Calendar | None:
    found = db.session.execute(select(OfficeHours.id, OfficeHours.edition).where(OfficeHours.id == ident)).first() if ident else None
    return _of_edition(*found) if found else None


def _of_edition(ident: int, edition: str) -> Calendar:
    if edition not in _known:
        if len(_known) > 200:
            _known.clear()
        _known[edition] = db.session.get_one(OfficeHours, ident).calendar
    return _known[edition]


def usual() -> Calendar:
    """Until the firm has a calendar: usual hours in its region and zone."""
    settings = current_app.config["SETTINGS"]
    return _usual(settings.timezone, settings.region)


@lru_cache(8)
def _usual(zone: str, region: str) -> Calendar:
    return Calendar(USUAL_WEEK, zone, region)


def calendars() -> Select:
    return select(OfficeHours).order_by(OfficeHours.is_default.desc(), func.lower(OfficeHours.name), OfficeHours.id)
