"""Business time: pure functions of a calendar. Moments are aware UTC, hours are wall time of the calendar's zone.

Both nights when clocks change come out right: what is written as 1:00–3:00 lasts one hour in spring and three in autumn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm.calendars.public_holidays import holidays_of

Span = tuple[int, int]  # minutes after midnight: from, to
Stretch = tuple[datetime, datetime]
MIDNIGHT = 24 * 60
HALF = 12 * 60  # a half day ends at noon
HALF_DAYS = ((12, 24), (12, 31))
HORIZON = timedelta(days=50 * 366)  # nobody promises anything later
NOTHING = timedelta()
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """`week`: the spans of Monday to Sunday, in order and apart. `eves`: work, half or off on 24 and 31 December. `own`: days unlike others, empty spans are a day off."""

    week: tuple[tuple[Span, ...], ...]
    zone: str = "UTC"
    region: str = ""  # DE-BE; none: no public holidays
    eves: str = "work"
    own: Mapping[date, tuple[Span, ...]] = field(default_factory=dict, hash=False)
    names: Mapping[date, str] = field(default_factory=dict, hash=False)  # of the own days
    name: str = ""
    ident: int | None = None
    _known: dict[date, tuple[Stretch, ...]] = field(default_factory=dict, compare=False, repr=False)

    # — what one asks —

    def is_open(self, at: datetime) -> bool:
        return any(start <= at < end for start, end in self.stretches(self.day_of(at)))

    def next_open(self, at: datetime) -> datetime | None:
        """`at` itself if we work then, else when work begins next; None if it never does."""
        return next((max(start, at) for start, _end in self.open_from(at)), None)

    def add(self, start: datetime, length: timedelta) -> datetime | None:
        """The first moment at which `length` of business time has passed since `start`. None: there will never be so much, see `why_never`."""
        if length <= NOTHING:
            return start
        left = length
        for begin, end in self.open_from(start):
            begin = max(begin, start)
            if end - begin >= left:
                return begin + left
            left -= end - begin
        return None

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The business time from `start` to `end`; nothing if `end` is earlier."""
        return sum((b - a for a, b in self.within(start, end)), NOTHING)

    def within(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """The stretches we worked from `start` to `end`."""
        for begin, finish in self.open_from(start):
            if begin >= end:
                return
            if min(finish, end) > max(begin, start):
                yield max(begin, start), min(finish, end)

    @property
    def why_never(self) -> str:
        """"empty" when there is no working time at all, "past" when the days it has are over; else nothing."""
        if any(self.week):
            return ""
        return "past" if any(self.own.values()) else "empty"

    # — days —

    def day_of(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()

    def open_from(self, at: datetime) -> Iterator[Stretch]:
        """All stretches that end after `at`, in order, as far as anybody plans."""
        for day in self._days(self.day_of(at)):
            for stretch in self.stretches(day):
                if stretch[1] > at:
                    yield stretch

    def _days(self, first: date) -> Iterator[date]:
        if not any(self.week):  # only days of our own can be open, and there are few
            yield from sorted(day for day, spans in self.own.items() if spans and day >= first)
            return
        last = min(first, date.max - HORIZON - DAY) + HORIZON
        while first <= last:
            yield first
            first += DAY

    def stretches(self, day: date) -> tuple[Stretch, ...]:
        """The working time of a day as moments, without what the clocks skip."""
        if day not in self._known:
            if len(self._known) > 30_000:
                self._known.clear()
            self._known[day] = tuple(self._moments(day))
        return self._known[day]

    def spans(self, day: date) -> tuple[Span, ...]:
        """The working hours of a day as wall time."""
        if day in self.own:
            return self.own[day]
        if self.holiday(day):
            return ()
        usual = self.week[day.weekday()]
        if self.eves == "work" or (day.month, day.day) not in HALF_DAYS:
            return usual
        return () if self.eves == "off" else tuple((start, min(end, HALF)) for start, end in usual if start < HALF)

    def holiday(self, day: date) -> str:
        """The name of a public holiday, or nothing."""
        return holidays_of(self.region, day.year).get(day, "") if self.region else ""

    def _moments(self, day: date) -> Iterator[Stretch]:
        before = None
        for start, end in self.spans(day):
            begin, finish = self._moment(day, start, first=True), self._moment(day, end, first=False)
            begin = max(begin, before) if before else begin
            if finish > begin:
                yield begin, finish
            before = finish

    def _moment(self, day: date, minute: int, *, first: bool) -> datetime:
        """Wall time as a moment. An hour that comes twice: the first of both begins a span, the second ends it. One that is skipped: when the clocks jump."""
        day, minute = (day + DAY, 0) if minute == MIDNIGHT else (day, minute)
        zone = ZoneInfo(self.zone)
        wall = datetime.combine(day, time(*divmod(minute, 60)), zone)
        early, late = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
        if late < early:
            return _jump(late, early, zone)
        return early if first else late


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """When the clocks go forward, between two moments, to the minute."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) // 2
        before, after = (before, middle) if middle.astimezone(zone).utcoffset() == offset else (middle, after)
    return after.replace(second=0, microsecond=0)


ALWAYS = (((0, MIDNIGHT),),) * 7
