"""Dates, numbers and names as the reader writes them: cached filters, because Babel costs more than a table row.

Everything that depends on language and zone is worked out once per (language, zone) in `Formats`; a row then costs an
f-string. English dates are written the British way (21 Nov 2026, 14:30): unambiguous, and with the clock of this market.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_percent, get_decimal_symbol, get_group_symbol
from flask import Flask, g
from flask_babel import get_locale, get_timezone, get_translations
from flask_babel import gettext as _
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from crm import clock, speaking

REGIONAL = {"en": "en_GB"}
NOTHING = "–"
UNKNOWN = Markup("")
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 7 * 86400
LATELY = timedelta(seconds=WEEK)

Number = int | float | Decimal


class Formats:
    """How one language in one zone writes things. Built once, then only read."""

    def __init__(self, language: str, zone: str, voice: str):
        self.language = language
        self.voice = voice  # what words depend on: the language, or its Du (crm/speaking.py)
        self.zone = ZoneInfo(zone)
        self.locale = Locale.parse(REGIONAL.get(language, language))
        self.separators = str.maketrans(",.", get_group_symbol(self.locale) + get_decimal_symbol(self.locale))
        self.percent = format_percent(0, locale=self.locale).replace("0", "{}")
        self.dates: dict[tuple[date, str], str] = {}
        self.openings: dict[datetime, str] = {}
        self.past: dict[datetime, Markup] = {}
        self.hours: dict[datetime, Markup] = {}
        self.currencies: dict[str, str] = {}
        self.words: dict[str, str] = {}
        self.near_days: dict[int, str] = {}
        self.marked: dict[str, Markup] = {}
        self.catalogue: Any = None

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def date(self, day: date, pattern: str = "medium") -> str:
        key = (day, pattern)
        if key not in self.dates:
            if len(self.dates) > 20_000:
                self.dates.clear()
            self.dates[key] = format_date(day, pattern, locale=self.locale)
        return self.dates[key]

    def opening(self, moment: datetime) -> str:
        """The start tag of a <time> element: what does not change while the clock runs."""
        if moment not in self.openings:
            if len(self.openings) > 20_000:
                self.openings.clear()
            self.openings[moment] = f'<time datetime="{moment.isoformat(timespec="seconds")}" title="{self.exact(moment)}" data-ago>'
        return self.openings[moment]

    def long_ago(self, moment: datetime) -> Markup:
        """The whole <time> element of a moment that is told by its date and so stays as it is."""
        if moment not in self.past:
            if len(self.past) > 20_000:
                self.past.clear()
            self.past[moment] = Markup(f"{self.opening(moment)}{self.date(self.local(moment).date())}</time>")  # noqa: S704 — numbers and our own words
        return self.past[moment]

    def hour(self, moment: datetime) -> Markup:
        """The time of day as a <time> element, under the heading of its day."""
        if moment not in self.hours:
            if len(self.hours) > 20_000:
                self.hours.clear()
            local = self.local(moment)
            self.hours[moment] = Markup(  # noqa: S704 — numbers and our own words
                f'<time datetime="{moment.isoformat(timespec="seconds")}" title="{self.exact(moment)}">{local.hour:02}:{local.minute:02}</time>'
            )
        return self.hours[moment]

    def exact(self, moment: datetime) -> str:
        local = self.local(moment)
        return f"{self.date(local.date())}, {local.hour:02}:{local.minute:02}"

    def currency(self, code: str) -> str:
        if code not in self.currencies:
            self.currencies[code] = re.sub(r"0([.,]00)?", "{}", format_currency(0, code, locale=self.locale))
        return self.currencies[code]

    def since(self, unit: str, count: int) -> str:
        """`unit` is one of the keys of `ago_words`; the words are looked up in the language of this request once."""
        if not self.words:
            self.words = ago_words()
        return self.words[unit].replace("#", str(count))

    def near_day(self, distance: int) -> str:
        """A day at most one away from today, in the words of this request."""
        if not self.near_days:
            self.near_days = {0: _("Today"), -1: _("Yesterday"), 1: _("Tomorrow")}
        return self.near_days[distance]

    def translate(self, text: str) -> str:
        if self.catalogue is None:
            self.catalogue = get_translations()
        return self.catalogue.ugettext(text)

    def translate_marked(self, text: str) -> Markup:
        """For templates: messages and catalogue are ours and need no escaping."""
        if text not in self.marked:
            self.marked[text] = Markup(self.translate(text))  # noqa: S704
        return self.marked[text]


@lru_cache(64)
def _formats(language: str, zone: str, du: bool = False) -> Formats:
    return Formats(language, zone, speaking.DU if du else language)


def formats() -> Formats:
    """The formats of whom we are answering, also inside `force_locale`.

    Flask-Babel keeps locale and zone of this answer in `g._flask_babel`; comparing them there is six times cheaper than asking it.
    """
    here = g._get_current_object().__dict__
    try:
        answer, (locale, zone, kept) = here["_flask_babel"], here["formats"]
        if answer.babel_locale is locale and answer.babel_tzinfo is zone:
            return kept
    except (KeyError, AttributeError):
        pass  # the first time in this answer, or in this language
    locale, zone = get_locale(), get_timezone()
    kept = _formats(str(locale), str(zone), speaking.is_du())
    here["formats"] = (locale, zone, kept)
    return kept


@pass_eval_context
def translate(context: EvalContext, text: str, **variables: Any) -> str:
    """`_()` and `{% trans %}` of templates: as Flask-Babel's, without working out the language anew for each word."""
    words = formats().translate_marked(text) if context.autoescape else formats().translate(text)
    return words % variables if variables or "%" in words else words


def gettext(text: str, **variables: Any) -> str:
    """Flask-Babel's, for what a page says many times: without working out the language anew for each word."""
    words = formats().translate(text)
    return words % variables if variables else words


def ago_words() -> dict[str, str]:
    """The words of relative times; `#` stands for the number. The script that refreshes them reads the same ones."""
    return {
        "now": _("just now"), "min": _("# min ago"), "hour": _("# h ago"), "yesterday": _("yesterday"), "days": _("# days ago"),
        "soon": _("in a moment"), "in_min": _("in # min"), "in_hour": _("in # h"), "tomorrow": _("tomorrow"), "in_days": _("in # days"),
    }


def ago(moment: datetime | None) -> str:
    """'10 min ago', 'in 3 days'; beyond a week the date. Days are counted on the reader's calendar."""
    if moment is None:
        return ""
    return _ago(formats(), moment, clock.now())


def _ago(form: Formats, moment: datetime, now: datetime) -> str:
    seconds = int((now - moment).total_seconds())
    past, distance = seconds >= 0, abs(seconds)
    if distance < MINUTE:
        return form.since("now" if past else "soon", 0)
    if distance < HOUR:
        return form.since("min" if past else "in_min", distance // MINUTE)
    if distance < DAY:
        return form.since("hour" if past else "in_hour", distance // HOUR)
    on = form.local(moment if past else moment - datetime.resolution).date()  # what ends at midnight belongs to the day before
    return _days_ago(form, (form.local(now).date() - on).days) if distance < WEEK else form.date(on)


def _days_ago(form: Formats, days: int) -> str:
    if abs(days) <= 1:
        return form.since("yesterday" if days > 0 else "tomorrow", 1)
    return form.since("days" if days > 0 else "in_days", abs(days))


def when(moment: datetime | None) -> Markup:
    """`ago` in a <time> element that tells the exact time on hover and keeps itself fresh."""
    if moment is None:
        return UNKNOWN
    form, now = formats(), clock.now()
    if moment < now - LATELY:
        return form.long_ago(moment)
    return Markup(f"{form.opening(moment)}{_ago(form, moment, now)}</time>")  # noqa: S704 — numbers and our own words


def exact(moment: datetime | None) -> str:
    """'21 Nov 2026, 14:30' in the reader's zone."""
    return "" if moment is None else formats().exact(moment)


def hour(moment: datetime | None) -> str:
    """'14:30' in the reader's zone."""
    if moment is None:
        return ""
    local = formats().local(moment)
    return f"{local.hour:02}:{local.minute:02}"


def hour_mark(moment: datetime | None) -> Markup:
    """`hour` in a <time> element that tells the day on hover."""
    return UNKNOWN if moment is None else formats().hour(moment)


def day(value: date | datetime | None) -> str:
    """'21 Nov 2026' of a date, or of a moment in the reader's zone."""
    if value is None:
        return ""
    form = formats()
    return form.date(form.local(value).date() if isinstance(value, datetime) else value)


def day_heading(value: date | datetime | None) -> str:
    """'Today', 'Yesterday', 'Tomorrow', else 'Friday, 20 November 2026': the heading over the entries of a day."""
    if value is None:
        return ""
    form = formats()
    wanted = form.local(value).date() if isinstance(value, datetime) else value
    distance = (wanted - form.local(clock.now()).date()).days
    if abs(distance) > 1:
        return form.date(wanted, "full")
    return form.near_day(distance)


def number(value: Number | None, digits: int = 0) -> str:
    """1,234 or 1.234,5: grouped and rounded to `digits`."""
    return NOTHING if value is None else f"{value:,.{digits}f}".translate(formats().separators)


def percent(share: Number | None, digits: int = 0) -> str:
    """A share of one as per cent: 0.345 → 34% (34 %)."""
    return NOTHING if share is None else formats().percent.format(number(share * 100, digits))


def money(amount: Number | None, currency: str = "EUR", digits: int | None = None) -> str:
    """€1,234 or 1.234 €; cents only where there are any. A column of amounts says `digits`, so that they stand under each other."""
    if amount is None:
        return NOTHING
    if digits is None:
        digits = 0 if amount == int(amount) else 2
    return ("-" if amount < 0 else "") + formats().currency(currency).format(number(max(amount, -amount), digits))


def duration(length: timedelta | Number | None) -> str:
    """A length of time (seconds or timedelta) by its two largest units: 45 s, 12 min, 2 h 5 min, 3 d 4 h."""
    if length is None:
        return NOTHING
    seconds = int(length.total_seconds() if isinstance(length, timedelta) else length)
    if seconds < MINUTE:
        return _("%(count)s s", count=seconds)
    steps = ((DAY, _("d")), (HOUR, _("h")), (MINUTE, _("min")))
    largest = next(i for i, (size, _unit) in enumerate(steps) if seconds >= size)
    parts = []
    for size, unit in steps[largest:largest + 2]:
        count, seconds = divmod(seconds, size)
        parts += [f"{count} {unit}"] if count else []
    return " ".join(parts)


def bounded(total: int, bound: int = 1000) -> str:
    """A bounded count: '1,000+' when there are more than were counted."""
    return f"{number(bound)}+" if total > bound else number(total)


@lru_cache(4096)
def initials(name: str | None) -> str:
    """'AM' of 'Dr. Anna Müller': first and last word, titles aside."""
    words = [word for word in (name or "").split() if not word.endswith(".") and word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def register(app: Flask) -> None:
    filters: dict[str, Any] = {
        "ago": ago, "when": when, "moment": exact, "hour": hour, "hour_mark": hour_mark, "day": day, "day_heading": day_heading, "number": number,
        "percent": percent, "money": money, "duration": duration, "bounded": bounded, "initials": initials,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(_=translate, gettext=translate, ago_words=ago_words, get_locale=get_locale)
