"""When a mail was written, as the standard says, as ISO 8601, or as programs of some countries write it."""

import re
from datetime import UTC, datetime, timedelta, timezone

STANDARD = re.compile(r"(?:[A-Za-z]{2,9},?)?\s*(\d{1,2})\s+([A-Za-z]{3})\s+(\d{4})\s+(\d{1,2}):(\d\d)(?::(\d\d))?\s+([+-])(\d\d)(\d\d)\b")
ISO = re.compile(r"\s*\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,6})?\s?(?:Z|[+-]\d\d:?\d\d)?")
COMMENT = re.compile(r"\([^()]*\)")
SECONDS_OF_1970 = re.compile(r"\s*(\d{9,10})(?:\.\d+)?\s*\Z")
TIME = re.compile(r"(?<![\d.])(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?(?:[.,]\d{1,9})?(?![\d:])\s*([AP]\.?M\b\.?)?", re.I)
YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?[\s.\-/]{1,3}(?:de\s|of\s)?([^\W\d_]{3,12})[.,]?[\s\-/]{1,3}(?:de\s)?(\d{2,4})(?!\d)", re.I)
MONTH_FIRST = re.compile(r"(?<![^\W\d_])([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(?:[A-Z]{1,5}\s+)?(\d{4})(?!\d)", re.I)
NUMBERS = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})[./-](\d{4})(?!\d)")
OFFSET = re.compile(r"(?<![\d-])([+-])(\d{1,2})(?::?([0-5]\d))?(?!\d)")
ZONE_NAME = re.compile(r"\b[A-Z]{1,5}\b")
ZONES = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "MET": 1, "CEST": 2, "MESZ": 2, "MEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "IST": 5.5,
    "JST": 9, "KST": 9, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AST": -4, "ADT": -3, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}
MONTHS = {
    name: number
    for number, names in enumerate((
        "jan gen ene sty янв led", "feb fév fev lut фев úno", "mar mär mrz mae mrt märz maa мар bře", "apr avr abr kwi апр dub", "may mai mag maj mei май мая kvě", "jun juin giu cze июн čer",
        "jul juil lug lip июл", "aug aoû aou ago sie авг srp", "sep set wrz сен zář", "oct okt ott out paź окт říj", "nov lis ноя", "dec dez déc dic gru дек pro",
    ), 1)
    for name in names.split()
}


def read_date(value: str) -> datetime | None:
    """In UTC; None if there is no date in it."""
    value = value[:200]
    try:
        if match := STANDARD.match(value):
            return _standard(match)
        if match := ISO.match(value):
            found = datetime.fromisoformat(match[0].strip().replace("Z", "+00:00"))
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        return _loose(value)
    except (ValueError, OverflowError):
        return None


def _standard(match: re.Match[str]) -> datetime | None:
    month = MONTHS.get(match[2].lower())
    zone = timedelta(hours=int(match[8]), minutes=int(match[9])) * (-1 if match[7] == "-" else 1)
    return _moment(int(match[3]), month, int(match[1]), (int(match[4]), int(match[5]), int(match[6] or 0)), zone) if month else None


def _moment(year: int, month: int, day: int, clock: tuple[int, int, int], zone: timedelta) -> datetime | None:
    hour, minute, second = clock
    if year < 1900 or abs(zone) >= timedelta(hours=24):
        return None
    # Leap seconds, and midnight as the end of a day.
    found = datetime(year, month, day, 0 if hour == 24 else hour, minute, min(second, 59), tzinfo=timezone(zone)).astimezone(UTC)
    return found + timedelta(days=1) if hour == 24 else found


def _loose(value: str) -> datetime | None:
    """Day, hour and zone wherever they stand."""
    if match := SECONDS_OF_1970.match(value):
        return datetime.fromtimestamp(int(match[1]), UTC)
    while (bare := COMMENT.sub(" ", value)) != value:
        value = bare
    time, rest, behind = _time(value)
    day = _day(rest, is_american=bool(time and time[3]))
    return _moment(*day, _clock(time), _zone(behind)) if day else None


def _time(value: str) -> tuple[re.Match[str] | None, str, str]:
    """The hour, the text without it, and what follows."""
    # 12.03.2018 looks like an hour with full stops, but three numbers with a year are a day.
    days = [match.span() for pattern in (NUMBERS, YEAR_FIRST) for match in pattern.finditer(value)]
    for match in TIME.finditer(value):
        if not any(start < match.end() and match.start() < end for start, end in days):
            return match, f"{value[: match.start()]} {value[match.end() :]}", value[match.end() :]
    return None, value, ""


def _clock(match: re.Match[str] | None) -> tuple[int, int, int]:
    if match is None:
        return 0, 0, 0
    hour = int(match[1])
    if half := (match[4] or "")[:1].lower():
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour, int(match[2]), int(match[3] or 0)


def _day(text: str, is_american: bool) -> tuple[int, int, int] | None:
    if match := YEAR_FIRST.search(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := NUMBERS.search(text):
        first, second = int(match[1]), int(match[3])
        turned = match[2] == "/" and (is_american or second > 12)
        return (int(match[4]), first, second) if turned else (int(match[4]), second, first)
    for match in DAY_FIRST.finditer(text):
        if month := _month(match[2]):
            return _year(match[3]), month, int(match[1])
    found = ((match, _month(match[1])) for match in MONTH_FIRST.finditer(text))
    return next(((int(match[3]), month, int(match[2])) for match, month in found if month), None)


def _month(word: str) -> int | None:
    word = word.lower()
    return MONTHS.get(word[:4]) or MONTHS.get(word[:3])


def _year(text: str) -> int:
    """Two figures, or three of a program that counts from 1900."""
    year = int(text)
    return year + (2000 if year < 69 else 1900) if len(text) < 4 else year


def _zone(behind: str) -> timedelta:
    if match := OFFSET.search(behind):
        return timedelta(hours=int(match[2]), minutes=int(match[3] or 0)) * (-1 if match[1] == "-" else 1)
    return timedelta(hours=next((ZONES[name] for name in ZONE_NAME.findall(behind) if name in ZONES), 0))
