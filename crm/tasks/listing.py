"""A list of tasks as people read it: overdue, today, this week, later; and a due date in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import get_locale
from flask_babel import gettext as _

from crm import clock
from crm.dates.due_dates import Due, day_of, end_of_day
from crm.formatting import formats, hour


class Bucket(NamedTuple):
    key: str
    label: str
    rows: list[Any]


def buckets(rows: Iterable[Any]) -> list[Bucket]:
    """Rows in order of their due date, under overdue, today, this week, later, someday; empty ones left out."""
    found = [Bucket(key, label, []) for key, label in labels().items()]
    limits = _limits(clock.now())
    for row in rows:
        found[_place(row.due_at, limits)].rows.append(row)
    return [bucket for bucket in found if bucket.rows]


def labels() -> dict[str, str]:
    return {"overdue": _("Overdue"), "today": _("Today"), "week": _("This week"), "later": _("Later"), "someday": _("Without a date")}


def _limits(now: datetime) -> tuple[datetime, datetime, datetime]:
    zone = formats().zone
    today = now.astimezone(zone).date()
    return now, end_of_day(today, zone), end_of_day(today + timedelta(days=6 - today.weekday()), zone)


def _place(due_at: datetime | None, limits: tuple[datetime, ...]) -> int:
    if due_at is None:
        return len(limits) + 1
    return sum(due_at > limit for limit in limits)


def due_words(row: Any) -> str:
    """'Today', 'Tomorrow 14:30', 'Fri, 27 Nov 2026': when `row` is due, on the reader's calendar."""
    if row.due_at is None:
        return ""
    form = formats()
    day = day_of(row.due_at, form.zone) if row.all_day else form.local(row.due_at).date()
    words = _day_words(day)
    return words if row.all_day else f"{words} {hour(row.due_at)}"


def _day_words(day: date) -> str:
    form = formats()
    distance = (day - form.local(clock.now()).date()).days
    near = {0: _("Today"), -1: _("Yesterday"), 1: _("Tomorrow")} if abs(distance) < 2 else {}
    return near.get(distance) or form.date(day, "EEE, d MMM y" if form.language != "de" else "EE, d. MMM y")


def is_overdue(row: Any) -> bool:
    return row.due_at is not None and row.done_at is None and row.due_at <= clock.now()


def read_back(due: Due) -> str:
    """What was understood, in full: 'Friday, 27 November 2026, 14:30'."""
    text = formats().date(due.day, "full")
    return text if due.all_day else f"{text}, {hour(due.at)}"


def typed(task: Any) -> str:
    """The due date as it stands in a form: short, and readable by due_dates again."""
    if task.due_at is None:
        return ""
    zone = formats().zone
    day = day_of(task.due_at, zone).strftime("%d.%m.%Y" if get_locale().language == "de" else "%Y-%m-%d")
    return day if task.all_day else f"{day} {task.due_at.astimezone(zone):%H:%M}"
