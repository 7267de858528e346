"""When we work: hours of the week, holidays, days of our own; and time counted by them."""

from crm.calendars.business_time import Calendar
from crm.calendars.queries import calendar_for

__all__ = ["Calendar", "calendar_for"]
