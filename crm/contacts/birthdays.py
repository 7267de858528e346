"""Birthdays: how old somebody is, and whose day is near. Who was born on 29 February celebrates on the 28th in years without one."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import ColumnElement

from crm.contacts.models import Contact, birthday

WEEK, MONTH = 7, 31
LEAP_DAY = 229


def age(born: date, on: date) -> int:
    """Whole years; on the birthday itself the new one counts."""
    return on.year - born.year - ((on.month, on.day) < _celebrated(born, on.year))


def _celebrated(born: date, year: int) -> tuple[int, int]:
    return (2, 28) if (born.month, born.day) == (2, 29) and not calendar.isleap(year) else (born.month, born.day)


def coming(today: date, days: int = WEEK) -> dict[int, int]:
    """The birthdays of the next `days` days, today included, as they are kept (1231), each with how many days ahead it is."""
    return dict(_coming(today, days))


def _coming(today: date, days: int) -> Iterator[tuple[int, int]]:
    for ahead in range(days):
        day = today + timedelta(days=ahead)
        yield birthday(day) or 0, ahead
        if (day.month, day.day) == (2, 28) and not calendar.isleap(day.year):
            yield LEAP_DAY, ahead


def is_near(today: date, days: int) -> ColumnElement[bool]:
    """Condition: the contact's birthday is within the next `days` days."""
    return Contact.birthday.in_(coming(today, days))


def turning(born: date, today: date, ahead: int) -> int:
    return age(born, today + timedelta(days=ahead))
