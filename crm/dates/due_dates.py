"""Reads dates as people write them: "in 3 Tagen", "nächsten Freitag", "fr 14:30", "24.12.", "in 2 weeks", "eow".

The common ones are read by the rules below, in both languages at once and in microseconds; dateparser does the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from crm.dates import days
from crm.folding import fold

Zone = ZoneInfo | str
LONGEST = 60  # characters: nobody writes a date longer than that
AHEAD = timedelta(days=366 * 20)


@dataclass(frozen=True)
class Due:
    """The moment it falls overdue; `all_day`: that is the end of the day `day` where the owner works."""

    at: datetime
    all_day: bool
    day: date


class Unreadable(ValueError):
    """No date of the future could be read; says why in the reader's words."""


NOT_UNDERSTOOD = _l("This date was not understood. Try “tomorrow”, “in 3 days”, “next friday” or 24.12.")
PAST = _l("This moment has passed. Choose one that lies ahead.")
TOO_FAR = _l("This is more than twenty years ahead. Check the year.")


def read(text: str, now: datetime, zone: Zone, locale: str = "en") -> Due:
    """The due date that `text` means for somebody who writes it at `now` in `zone`. Raises Unreadable."""
    try:
        due = quick(text, now, zone) or thorough(text, now, zone, locale)
    except OverflowError as error:  # the calendar ends with the year 9999
        raise Unreadable(TOO_FAR) from error
    if due is None:
        raise Unreadable(NOT_UNDERSTOOD)
    if due.at <= now:
        raise Unreadable(PAST)
    if due.at - now > AHEAD:
        raise Unreadable(TOO_FAR)
    return due


def end_of_day(day: date, zone: Zone) -> datetime:
    """The moment `day` is over in `zone`, in UTC. Right on the nights when clocks change, too."""
    return at_time(day + timedelta(days=1), time(0), zone)


def at_time(day: date, clock_time: time, zone: Zone) -> datetime:
    """That wall time in UTC. A time the spring night skips means the moment after the gap; a doubled one the first."""
    return datetime.combine(day, clock_time, _zone(zone)).astimezone(UTC)


def day_of(due_at: datetime, zone: Zone) -> date:
    """The calendar day of an all-day task."""
    return (due_at - timedelta(microseconds=1)).astimezone(_zone(zone)).date()


def whole_day(day: date, zone: Zone) -> Due:
    return Due(end_of_day(day, zone), True, day)


def next_working_day(now: datetime, zone: Zone) -> Due:
    """Tomorrow, or Monday: when somebody who named no date is reminded."""
    today = now.astimezone(_zone(zone)).date()
    return whole_day(today + timedelta(days={4: 3, 5: 2}.get(today.weekday(), 1)), zone)


def quick(text: str, now: datetime, zone: Zone) -> Due | None:
    """What the rules below understand; None when they do not."""
    words = _tidy(text)
    if not words or len(words) > LONGEST:
        return None
    here = now.astimezone(_zone(zone))
    if moment := _in_hours(words, now):
        return Due(moment, False, moment.astimezone(_zone(zone)).date())
    words, clock_time = _take_time(words)
    day = days.day(words, here.date()) if words else _next_occurrence(here, clock_time)
    if day is None:
        return None
    return Due(at_time(day, clock_time, zone), False, day) if clock_time else whole_day(day, zone)


def _quick(text: str, now: datetime, zone: Zone) -> Due | None:
    try:
        return quick(text, now, zone)
    except OverflowError:
        return None


def split(text: str, now: datetime, zone: Zone) -> tuple[str, Due | None]:
    """A title with its date at the end or the beginning: "Call back tomorrow 14:00" → ("Call back", …)."""
    words = text.split()
    for size in range(min(5, len(words) - 1), 0, -1):
        for rest, tail in ((words[:-size], words[-size:]), (words[size:], words[:size])):
            due = _quick(" ".join(tail), now, zone) if _may_be_date(tail) else None
            if due and due.at > now:
                return " ".join(rest).rstrip(" ,:–-"), due
    return text.strip(), None


def thorough(text: str, now: datetime, zone: Zone, locale: str) -> Due | None:
    """dateparser's reading, for what the rules do not know. Imported late: it takes a third of a second."""
    if len(text) > LONGEST or not re.search(r"[^\W\d_]", text):  # without a letter the rules knew better
        return None
    import dateparser

    here = now.astimezone(_zone(zone)).replace(tzinfo=None)
    order = "DMY" if locale == "de" else "MDY"
    wanted = {"RELATIVE_BASE": here, "PREFER_DATES_FROM": "future", "DATE_ORDER": order, "PREFER_DAY_OF_MONTH": "first"}
    found = dateparser.parse(text, languages=["de", "en"] if locale == "de" else ["en", "de"], settings=wanted)
    if found is None:
        return None
    if found.time() in (here.time(), time(0)):
        return whole_day(found.date(), zone)
    return Due(at_time(found.date(), found.time(), zone), False, found.date())


# — the time of day ————————————————————————————————————————————————————————————————————————————————————————

SHORT = {"h": "hours", "hour": "hours", "hours": "hours", "std": "hours", "stunde": "hours", "stunden": "hours",
         "min": "minutes", "mins": "minutes", "minute": "minutes", "minutes": "minutes", "minuten": "minutes"}
DAYTIMES = {"noon": time(12), "mittag": time(12), "mittags": time(12), "morning": time(9), "vormittag": time(10), "fruh": time(9), "nachmittag": time(15),
            "afternoon": time(15), "evening": time(18), "abend": time(18), "tonight": time(20)}
CLOCK = re.compile(r"(?:^|\s)(?:um |at |gegen )?(\d{1,2})(?:[:.h](\d{2}))?\s?(uhr|am|pm|h)?(?: (\d{2}))?\.?$")

def _tidy(text: str) -> str:
    """Folded, so that Übermorgen, uebermorgen and ubermorgen are one; points, colons and strokes stay."""
    pieces = re.split(r"([\s:./-]+)", re.sub(r"[,;!?()„“\"]", " ", text).strip())
    return " ".join("".join(piece if place % 2 else fold(piece) for place, piece in enumerate(pieces)).split())


def _may_be_date(words: list[str]) -> bool:
    """"call Mo" is about Mo, not Monday: a bare short weekday is a date only where the person says it is one."""
    alone = words[0].casefold().rstrip(".,") if len(words) == 1 else ""
    return not alone or (len(alone) > 2 and not alone.isdigit() and alone not in ("may", "mai", "sun", "sat", "mar"))


def _in_hours(words: str, now: datetime) -> datetime | None:
    if match := re.fullmatch(r"(?:in )?(\d+|[a-z]+) ?([a-z]+)", words):
        amount, unit = days.number(match[1]), SHORT.get(match[2])
        if amount is not None and unit:
            return now + timedelta(**{unit: amount})
    return None


def _take_time(words: str) -> tuple[str, time | None]:
    """The words before the time of day, and that time."""
    *before, last = words.split()
    if last in DAYTIMES and (before or last in ("noon", "mittag", "mittags", "tonight")):
        return " ".join(before) or "today", DAYTIMES[last]
    match = CLOCK.search(words)
    if not match or not (match[2] or match[3]):
        return words, None
    hour, minute = int(match[1]), int(match[2] or match[4] or 0)
    if match[2] and not match[3] and "." in match[0] and _date_like(words):
        return words, None  # 24.12 is a day
    if match[3] in ("am", "pm"):
        hour = hour % 12 + (12 if match[3] == "pm" else 0)
    if hour > 23 or minute > 59:
        return words, None
    return words[: match.start()].strip(), time(hour, minute)


def _date_like(words: str) -> bool:
    return bool(re.fullmatch(r"(?:am |on |bis |by )?\d{1,2}\.\d{2}", words)) and 1 <= int(words[-2:]) <= 12


def _next_occurrence(here: datetime, clock_time: time | None) -> date | None:
    if clock_time is None:
        return None
    return here.date() if clock_time > here.time() else here.date() + timedelta(days=1)


def _zone(zone: Zone) -> ZoneInfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone
