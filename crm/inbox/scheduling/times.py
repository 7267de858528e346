"""When to send: as people write it, or one of a few times at which the firm works."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _

from crm import clock
from crm.calendars import Calendar, calendar_for
from crm.dates.due_dates import Unreadable, at_time, read
from crm.dates.zones import zone_of
from crm.formatting import formats
from crm.inbox.forms import MORNING

SOON = timedelta(hours=2)


def read_time(written: str, by: Any) -> datetime:
    """Raises Unreadable, with words. A day without an hour means when we begin to work on it, else the morning."""
    due = read(written, clock.now(), zone_of(by), formats().language)
    if not due.all_day:
        return due.at
    start = at_time(due.day, time(0), zone_of(by))
    begins = calendar_for(by).next_open(start)
    at = begins if begins and begins < due.at else at_time(due.day, time(MORNING), zone_of(by))
    return at if at > clock.now() else clock.now() + SOON


def read_choice(written: str) -> datetime:
    """One of `suggestions`, as the form sends it back."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError as error:
        raise Unreadable(_("Choose one of the times.")) from error
    if at.tzinfo is None:
        raise Unreadable(_("Choose one of the times."))
    return at


def suggestions(conversation: Any, by: Any) -> list[tuple[str, datetime]]:
    """Words and moment: later while we work, the next day we work, in a week."""
    calendar, now = calendar_for(conversation), clock.now()
    soon = calendar.add(now, SOON) if calendar.is_open(now) else None
    begins = _begins_after(calendar, now, 1, by)
    week = _begins_after(calendar, now, 7, by)
    offered = ((_("In two working hours"), soon), (_("When we begin again"), begins), (_("In a week"), week))
    return [(words, at) for words, at in offered if at]


def _begins_after(calendar: Calendar, now: datetime, days: int, by: Any) -> datetime:
    """When work begins on that day, or on the next one with work; the morning, if there is never any."""
    day = calendar.day_of(now) + timedelta(days=days)
    start = at_time(day, time(0), calendar.zone)
    return calendar.next_open(start) or at_time(day, time(MORNING), zone_of(by))
