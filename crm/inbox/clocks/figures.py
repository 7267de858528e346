"""First response and resolution times: n, median and 90th percentile, in business time without pauses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, case, exists, extract, func, literal, select

from crm import clock
from crm.accounts.models import Department
from crm.contacts.models import Contact
from crm.extensions import db, fetch
from crm.formatting import formats
from crm.inbox.models import Conversation, Message
from crm.touchpoints.models import Touchpoint

MEASURED = {  # how long it took, and when it was measured
    "first_response": (Conversation.first_response_seconds, Conversation.first_response_at, Conversation.first_response_breached_at),
    "resolution": (Conversation.resolution_seconds, Conversation.resolved_at, Conversation.resolution_breached_at),
}
BY = {"touchpoint": _l("Touchpoint"), "channel": _l("Channel"), "department": _l("Department"), "month": _l("Month")}
USUAL = timedelta(days=90)
SHOWN = 100
FORM = exists(Message.id).where(Message.conversation_id == Conversation.id, Message.kind == "form")
GROUPS: Mapping[str, ColumnElement[Any]] = {
    "touchpoint": func.coalesce(Conversation.touchpoint_id, 0),
    "channel": case((FORM, literal(1)), else_=literal(0)),
    "department": func.coalesce(Conversation.department_id, 0),
    "month": extract("year", Conversation.created_at) * 100 + extract("month", Conversation.created_at),
}
CHANNELS = {0: "email", 1: "web"}


@dataclass(frozen=True)
class Wanted:
    """Which times, of which days, by what."""

    by: str
    first: date
    last: date

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Wanted:
        today = formats().local(clock.now()).date()
        last = _day(arguments.get("to", "")) or today
        first = _day(arguments.get("from", "")) or last - USUAL
        return cls(arguments["by"] if arguments.get("by") in BY else "touchpoint", min(first, last), last)

    @property
    def span(self) -> tuple[datetime, datetime]:
        zone = formats().zone
        return datetime.combine(self.first, time(), zone).astimezone(UTC), datetime.combine(self.last + timedelta(days=1), time(), zone).astimezone(UTC)

    @property
    def query(self) -> str:
        return urlencode({"by": self.by, "from": self.first, "to": self.last})


@dataclass(frozen=True)
class Figure:
    """`p50` and `p90` in seconds: half, nine of ten were no slower."""

    n: int
    p50: int
    p90: int
    broken: int  # of those promised a time, how many took longer


def _day(written: str) -> date | None:
    with suppress(ValueError):
        day = date.fromisoformat(written)
        return day if 1000 < day.year < 9000 else None  # near the ends of the calendar a change of zone overflows
    return None


def by_group(wanted: Wanted, contacts: Select | None = None) -> dict[int, dict[str, Figure]]:
    """{group: {"first_response": …, "resolution": …}}; `contacts`: only of these people."""
    found: dict[int, dict[str, Figure]] = {}
    for kind in MEASURED:
        for group, *numbers in db.session.execute(_ranked(kind, wanted, contacts)):
            found.setdefault(int(group), {})[kind] = Figure(*(int(number or 0) for number in numbers))
    return found


def _ranked(kind: str, wanted: Wanted, contacts: Select | None) -> Select:
    """The nearest ranks: of n values in order the ⌈n/2⌉th and the ⌈9n/10⌉th."""
    seconds, _at, broken = MEASURED[kind]
    group = GROUPS[wanted.by].label("grouped")
    place = func.row_number().over(partition_by=GROUPS[wanted.by], order_by=seconds).label("place")
    n = func.count().over(partition_by=GROUPS[wanted.by]).label("n")
    late = case((broken.is_not(None), 1), else_=0).label("late")
    ranked = select(group, seconds.label("seconds"), place, n, late).where(*_within(kind, wanted))
    if contacts is not None:
        ranked = ranked.where(Conversation.contact_id.in_(contacts))
    row = ranked.subquery().c
    p50, p90 = (func.max(case((row.place == (row.n * tenths + 9) // 10, row.seconds))) for tenths in (5, 9))
    return select(row.grouped, func.max(row.n), p50, p90, func.sum(row.late)).group_by(row.grouped)


def _within(kind: str, wanted: Wanted) -> tuple[ColumnElement[bool], ...]:
    seconds, at, _broken = MEASURED[kind]
    start, end = wanted.span
    return seconds.is_not(None), at >= start, at < end


def rows(wanted: Wanted, kind: str, group: int | None) -> Sequence[Any]:
    """The conversations behind a number, the slowest first."""
    seconds, at, broken = MEASURED[kind]
    columns = (Conversation.id, Conversation.subject, Contact.display_name, seconds.label("seconds"), at.label("at"), broken.label("broken_at"))
    found = select(*columns).join(Contact, Contact.id == Conversation.contact_id).where(*_within(kind, wanted))
    if group is not None:
        found = found.where(GROUPS[wanted.by] == group)
    return fetch(found.order_by(seconds.desc(), Conversation.id).limit(SHOWN))


def names(by: str) -> dict[int, str]:
    """What the groups are called; a month stands for itself."""
    if by == "channel":
        return dict(CHANNELS)
    table: Any = {"touchpoint": Touchpoint, "department": Department}.get(by)
    return {row.id: row.label for row in db.session.scalars(select(table))} if table else {}
