"""What single cells mean: dates in every order, words for yes, countries, types of addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from flask_babel import gettext as _

from crm.contacts.exporting import as_written
from crm.folding import fold
from crm.importing.faults import Unfit

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T.*)?")
_PARTS = re.compile(r"(\d{1,2})([./-])\s*(\d{1,2})\2\s*(\d{4}|\d{2})(?:[ ,T].*)?")
_NO_YEAR = re.compile(r"\s*-{1,2}\d{2}-?\d{2}|\d{1,2}\.\s?\d{1,2}\.?")
_TYPED_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # how they keep leading zeros
NOTHING = {"", "0/0/00", "00.00.0000", "00/00/0000", "0000-00-00", "null", "none", "n/a", "#n/a", "-", "–", "\\n", "nan", "undefined"}
YES = {"1", "true", "yes", "y", "ja", "j", "x", "wahr", "on", "granted", "subscribed", "opted in", "opt-in", "erteilt", "vorhanden", "ok", "einwilligung"}
NO = {"0", "false", "no", "n", "nein", "falsch", "off", "refused", "unsubscribed", "opted out", "opt-out", "widerrufen", "abgemeldet"}
COUNTRIES = {
    "DE": "deutschland germany d brd ger deu allemagne", "AT": "österreich oesterreich austria a aut", "CH": "schweiz switzerland suisse svizzera ch che swiss", "LI": "liechtenstein fl",
    "FR": "frankreich france f fra", "IT": "italien italy italia i ita", "NL": "niederlande netherlands the-netherlands holland nl nld", "BE": "belgien belgium belgique b bel",
    "LU": "luxemburg luxembourg lux", "GB": "grossbritannien großbritannien vereinigtes-königreich united-kingdom great-britain england scotland wales uk gb gbr",
    "US": "usa vereinigte-staaten vereinigte-staaten-von-amerika united-states united-states-of-america us u.s.a. u.s.", "ES": "spanien spain españa e esp",
    "PL": "polen poland polska pl pol", "CZ": "tschechien tschechische-republik czech-republic czechia cz cze", "DK": "dänemark denmark danmark dk dnk", "SE": "schweden sweden sverige s swe",
    "NO": "norwegen norway norge n nor", "FI": "finnland finland fin", "PT": "portugal p prt", "IE": "irland ireland irl", "HU": "ungarn hungary h hun", "SK": "slowakei slovakia svk",
    "SI": "slowenien slovenia svn", "HR": "kroatien croatia hrv", "RO": "rumänien romania rou", "BG": "bulgarien bulgaria bgr", "GR": "griechenland greece grc", "TR": "türkei turkey tur",
    "JP": "japan jpn", "CN": "china chn", "CA": "kanada canada can", "AU": "australien australia aus", "IN": "indien india ind", "BR": "brasilien brazil bra", "RU": "russland russia rus", "UA": "ukraine ukr",
}
COUNTRY_OF = {fold(word.replace("-", " ")): code for code, words in COUNTRIES.items() for word in words.split()}
TYPE_OF = {
    "work": "work", "business": "work", "geschaftlich": "work", "arbeit": "work", "home": "home", "privat": "home", "private": "home", "personal": "home", "mobile": "mobile", "mobil": "mobile",
    "cell": "mobile", "handy": "mobile", "iphone": "mobile", "other": "other", "sonstige": "other", "fax": "other", "work fax": "other", "home fax": "other", "pager": "other", "andere": "other",
}


def plain(cell: str) -> str:
    """The cell without what surrounds its value: blanks, the marks of exports, words that say there is none."""
    text = cell.strip().replace("\u00a0", " ")
    text = found.group(1) if text[:2] == '="' and (found := _TYPED_TEXT.fullmatch(text)) else as_written(text)
    return "" if len(text) < 11 and text.casefold() in NOTHING else text


def one_line(text: str) -> str:
    return " ".join(text.split())


def yes(text: str) -> bool | None:
    """True, False, or None when it is neither; a date in such a column is the day of the yes."""
    word = text.casefold().strip()
    if word in YES:
        return True
    return False if word in NO else (True if _ISO.fullmatch(word) or _PARTS.fullmatch(word) else None)


def country(text: str) -> str:
    """Two letters; "" for a word nobody knows."""
    if len(text) == 2 and text.isascii() and text.isalpha():
        return text.upper().replace("UK", "GB")
    return COUNTRY_OF.get(fold(text)) or _by_name().get(fold(text), "")


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    from babel import Locale

    return {fold(name): code for language in ("de", "en", "fr") for code, name in Locale(language).territories.items() if len(code) == 2 and code.isalpha()}


def address_type(text: str) -> str:
    return TYPE_OF.get(fold(text.lstrip("* ")), "")


# — dates ————————————————————————————————————————————————————————————————————————————————————————————————


def month_first(values: Iterable[str], german: bool) -> bool:
    """Whether 3/4/1980 is the fourth of March in this column: decided by the values that allow only one reading, else by the language of the header."""
    first = second = 0
    for value in values:
        if (found := _PARTS.fullmatch(value.strip())) and found.group(2) == "/":
            first, second = max(first, int(found.group(1))), max(second, int(found.group(3)))
    if first > 12:
        return False
    return second > 12 or not german


def day(field: str, text: str, months_first: bool = False) -> date | None:
    """The day a cell names; None for one without a year. Raises Unfit."""
    if _NO_YEAR.fullmatch(text):
        return None
    try:
        return _numbers(text, months_first) or _words(text)
    except ValueError as error:
        raise Unfit(field, _("“%(value)s” is no date. Write it like 1980-12-24 or 24.12.1980.", value=text[:40])) from error


def _numbers(text: str, months_first: bool) -> date | None:
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _sensible(date(int(found[1]), int(found[2]), int(found[3])))
    if found := _PARTS.fullmatch(text):
        first, sign, second, year = int(found[1]), found[2], int(found[3]), found[4]
        if months_first and sign == "/":
            first, second = second, first
        return _sensible(date(_century(year), second, first))
    if text.isdigit() and len(text) == 5 and text > "10000":  # how spreadsheets count days
        return _sensible(date.fromordinal(date(1899, 12, 30).toordinal() + int(text)))
    return None


def _century(year: str) -> int:
    """Two digits are of the hundred years up to now."""
    from crm import clock

    if len(year) == 4:
        return int(year)
    this = clock.today().year
    return this - (this - int(year)) % 100


def _sensible(found: date) -> date:
    if not 1850 <= found.year <= 2200:
        raise ValueError(found)
    return found


@lru_cache(maxsize=2048)
def _words(text: str) -> date:
    """24. Dezember 1980, December 24, 1980."""
    import dateparser

    found: datetime | None = None
    if len(text) <= 40 and any(letter.isalpha() for letter in text) and re.search(r"\d{4}", text):
        found = dateparser.parse(text, languages=["de", "en"], settings={"REQUIRE_PARTS": ["day", "month", "year"]})
    if found is None:
        raise ValueError(text)
    return _sensible(found.date())
