"""Words of clocks and of what happened to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask.sansio.app import App
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from crm import clock
from crm.calendars import Calendar
from crm.formatting import formats, gettext

SOON = timedelta(hours=2)
KINDS = {"first_response": _l("First answer"), "resolution": _l("Resolution")}
STATES = {
    "none": _l("The customer has not asked for anything yet."), "running": _l("running"), "paused": _l("stands still"), "met": _l("done"),
    "dropped": _l("not needed any more"),
}
PHASES = {
    "open": _l("It was our turn"), "waiting": _l("Waiting for the customer"), "snoozed": _l("Snoozed"), "resolved": _l("Resolved"), "spam": _l("Spam"),
}
CAUSES = {
    "heard": _l("the customer wrote"), "replied": _l("we answered"), "waiting": _l("set to waiting"), "snoozed": _l("was snoozed"), "resolved": _l("was resolved"),
    "reopened": _l("was reopened"), "answered": _l("the customer answered"), "bounced": _l("the mail came back"), "spam": _l("was spam"),
}
NEVER = {"empty": _l("The calendar has no working time, so nothing is ever due."), "past": _l("The days on which the calendar has working time are over.")}


def due_mark(due: datetime | None) -> Markup:
    """In the list: the time that passes next, if that is soon; red only when it has passed."""
    now = clock.now()
    if due is None or due > now + SOON:
        return Markup("")
    minutes = int(abs((due - now).total_seconds())) // 60
    length = f"{minutes} min" if minutes < 60 else f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"
    words = gettext("due in %(length)s", length=length) if due >= now else gettext("overdue by %(length)s", length=length)
    return Markup(f'<span class="mark mark-{"fair" if due >= now else "alarm"}" title="{formats().exact(due)}">{words}</span>')  # noqa: S704 — numbers and our own words


def worked(length: timedelta | int) -> str:
    """A length of business time in hours and minutes: its days are not those of the calendar."""
    hours, minutes = divmod(int(length.total_seconds() if isinstance(length, timedelta) else length) // 60, 60)
    parts = [f"{number} {unit}" for number, unit in ((hours, gettext("h")), (minutes, gettext("min"))) if number]
    return " ".join(parts) or f"0 {gettext('min')}"


def free_days(line: Any, calendar: Calendar, now: datetime) -> str:
    """The holidays and days of our own in a phase that counts."""
    if not line.counted:
        return ""
    first, last = calendar.day_of(line.phase.start), calendar.day_of(line.phase.end or now)
    days = (first + timedelta(days=number) for number in range(min((last - first).days, 366) + 1))
    return ", ".join(dict.fromkeys(name for day in days if (name := calendar.names.get(day, "") or calendar.holiday(day))))


def register(app: App) -> None:
    app.jinja_env.filters.update(due_mark=due_mark, worked=worked, free_days=free_days)
    app.jinja_env.globals.update(clock_kinds=KINDS, clock_states=STATES, clock_phases=PHASES, clock_causes=CAUSES, clock_never=NEVER)
