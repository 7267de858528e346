"""Which day is meant: "ubermorgen", "next friday", "24.12.", "in 3 tagen". The words come folded and tidied."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ein": 1, "eine": 1, "einem": 1, "einer": 1, "einen": 1,
           "zwei": 2, "drei": 3, "vier": 4, "funf": 5, "sechs": 6, "acht": 8, "zehn": 10}
UNITS = {"d": "days", "day": "days", "days": "days", "tag": "days", "tage": "days", "tagen": "days", "t": "days",
         "w": "weeks", "week": "weeks", "weeks": "weeks", "woche": "weeks", "wochen": "weeks",
         "month": "months", "months": "months", "monat": "months", "monate": "months", "monaten": "months",
         "y": "years", "year": "years", "years": "years", "jahr": "years", "jahre": "years", "jahren": "years"}
WEEKDAYS = {name: number for number, names in enumerate((
    "mo mon monday montag montags", "di tu tue tues tuesday dienstag", "mi we wed wednesday mittwoch", "do th thu thur thurs thursday donnerstag",
    "fr fri friday freitag", "sa sat saturday samstag sonnabend", "so su sun sunday sonntag")) for name in names.split()}
MONTHS = {name: number for number, names in enumerate((
    "jan january januar janner", "feb february februar", "mar march marz mrz", "apr april", "may mai", "jun june juni", "jul july juli",
    "aug august", "sep sept september", "oct october okt oktober", "nov november", "dec december dez dezember"), 1) for name in names.split()}
NEXT = r"(?:next|nachste[nrs]?|kommende[nrs]?)"
TODAY = {"yesterday": -1, "gestern": -1, "today": 0, "heute": 0, "tod": 0, "tomorrow": 1, "tmrw": 1, "tom": 1, "morgen": 1, "ubermorgen": 2, "uber morgen": 2, "day after tomorrow": 2,
         "the day after tomorrow": 2}
NOISE = re.compile(r"^(?:am|on|bis|by|until|zum|den|der|the|um|at)\s+")
Rule = tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]]


def day(words: str, today: date) -> date | None:
    """The day that tidied words mean, seen from `today`; None when no rule fits."""
    while (shorter := NOISE.sub("", words)) != words:
        words = shorter
    if words in TODAY:
        return today + timedelta(days=TODAY[words])
    for pattern, rule in RULES:
        if match := pattern.fullmatch(words):
            return rule(match, today)
    return None


def number(word: str) -> int | None:
    """Written in digits or as a word."""
    return min(int(word), 9999) if word.isdigit() else NUMBERS.get(word)


def _in(match: re.Match[str], today: date) -> date | None:
    amount, unit = number(match[1]), UNITS.get(match[2])
    if amount is None or unit is None or amount > 5000:
        return None
    return today + relativedelta(**{unit: amount})


def _weekday(match: re.Match[str], today: date) -> date | None:
    """The next one to come; on a Friday "friday" is the one in a week."""
    number = WEEKDAYS.get(match[1])
    return None if number is None else today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)


def _weekday_of_next_week(match: re.Match[str], today: date) -> date | None:
    number = WEEKDAYS.get(match[1])
    return None if number is None else today + timedelta(days=7 - today.weekday() + number)


def _numeric(match: re.Match[str], today: date) -> date | None:
    """Day before month, as here; 12/24 can only be meant the other way."""
    day, month = int(match[1]), int(match[2])
    return _in_year(month, day, match[3], today) if month > 12 else _in_year(day, month, match[3], today)


def _named(day: str, month: str, year: str | None, today: date) -> date | None:
    return _in_year(int(day), MONTHS[month], year, today) if month in MONTHS else None


def _in_year(day: int, month: int, year: str | None, today: date) -> date | None:
    """Without a year the next such day, today included."""
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        this_year = date(today.year, month, day)
        return this_year if this_year >= today else this_year.replace(year=today.year + 1)
    except ValueError:
        return None


def _iso(match: re.Match[str], today: date) -> date | None:
    return _in_year(int(match[3]), int(match[2]), match[1], today)


def _end_of_week(_match: re.Match[str], today: date) -> date:
    """The working week's last day; at the weekend that of the coming one."""
    return today + timedelta(days=(4 - today.weekday()) % 7)


def _next_period(match: re.Match[str], today: date) -> date | None:
    """Next week is its Monday, next month its first day."""
    unit = UNITS.get(match[1])
    if unit == "weeks":
        return today + timedelta(days=7 - today.weekday())
    if unit == "months":
        return (today + relativedelta(months=1)).replace(day=1)
    return date(today.year + 1, 1, 1) if unit == "years" else None


RULES: tuple[Rule, ...] = (
    (re.compile(r"in (\d+|[a-z]+) ?([a-z]+)"), _in),
    (re.compile(r"(\d+) ?([a-z]+)"), _in),
    (re.compile(r"(?:eow|end of (?:the )?week|ende (?:der )?woche|wochenende|weekend|this week|diese woche)"), _end_of_week),
    (re.compile(r"(?:eom|end of (?:the )?month|ende (?:des )?monats?|monatsende)"), lambda _m, today: today + relativedelta(day=31)),
    (re.compile(r"(?:eoy|end of (?:the )?year|ende (?:des )?jahres?|jahresende)"), lambda _m, today: date(today.year, 12, 31)),
    (re.compile(r"(?:eod|end of (?:the )?day)"), lambda _m, today: today),
    (re.compile(rf"{NEXT} (week|woche|month|monat|year|jahr)"), _next_period),
    (re.compile(rf"(?:{NEXT} |this |diesen |coming )?([a-z]+)\.?"), _weekday),
    (re.compile(r"([a-z]+) (?:next week|nachste woche|nachster woche)"), _weekday_of_next_week),
    (re.compile(r"(?:next week|nachste woche) ([a-z]+)"), _weekday_of_next_week),
    (re.compile(r"(?:[a-z]{2,10}[. ]+)?(\d{1,2})[./] ?(\d{1,2})[./]? ?(\d{4}|\d{2})?"), _numeric),
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), _iso),
    (re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[. ]+(?:of )?([a-z]+)\.?(?: ?(\d{4}))?"), lambda m, today: _named(m[1], m[2], m[3], today)),
    (re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?"), lambda m, today: _named(m[2], m[1], m[3], today)),
)
