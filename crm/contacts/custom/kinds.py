"""The kinds of own fields: what a value of each looks like when it is kept, read, shown and written."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from crm import formatting

KINDS = {"text": _l("Text"), "number": lazy_pgettext("kind of field", "Number"), "date": _l("Date"), "choice": _l("Choice"), "yes_no": _l("Yes or no")}
LONGEST = 2000
LARGEST = 1e12
_DECIMAL = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,6})?")
_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_YES = {"1", "true", "yes", "y", "ja", "j", "wahr", "x"}
_NO = {"0", "false", "no", "n", "nein", "falsch", "-"}


class Unfit(ValueError):
    """This is no value of the field; the reason is for whoever typed it."""


def text(value: Any, _choices: Any = ()) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Unfit(_("Give a text."))
    written = str(value).strip()
    if len(written) > LONGEST:
        raise Unfit(_("Use at most %(max)d characters.", max=LONGEST))
    return written


def number(value: Any, _choices: Any = ()) -> int | float:
    """6, 6.5 and 6,5; with no thousands marks, which are decimal points elsewhere."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        value = float(value.strip().replace(",", "."))
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or abs(value) > LARGEST:
        raise Unfit(_("Give a number, such as 12 or 12.5."))
    return int(value) if value == int(value) else value


def day(value: Any, _choices: Any = ()) -> str:
    """Kept as 2026-11-21, so that texts compare as days do."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    written = value.strip() if isinstance(value, str) else ""
    german = _GERMAN_DATE.fullmatch(written)
    try:
        found = date(int(german[3]), int(german[2]), int(german[1])) if german else date.fromisoformat(written)
    except ValueError as error:
        raise Unfit(_("Write the date as year-month-day, such as 2006-05-31.")) from error
    if found.year < 1000:
        raise Unfit(_("Write the date as year-month-day, such as 2006-05-31."))
    return found.isoformat()


def choice(value: Any, choices: Any = ()) -> str:
    """By its value or its German name, in any case."""
    wanted = str(value).strip().casefold() if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
    for known, german in choices:
        if wanted and wanted in (known.casefold(), german.casefold()):
            return known
    raise Unfit(_("Choose one of: %(words)s.", words=", ".join(known for known, _german in choices)))


def yes_no(value: Any, _choices: Any = ()) -> bool:
    if isinstance(value, bool):
        return value
    written = str(value).strip().casefold() if isinstance(value, (str, int)) else ""
    if written in _YES or written in _NO:
        return written in _YES
    raise Unfit(_("Say yes or no."))


READERS = {"text": text, "number": number, "date": day, "choice": choice, "yes_no": yes_no}


def shown(kind: str, value: Any, choices: Any = ()) -> str:
    """In the reader's words. What does not fit the kind (it is older than the field) is shown as it is."""
    if kind == "yes_no" and isinstance(value, bool):
        return _("Yes") if value else _("No")
    if kind == "number" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return formatting.number(value, 0 if value == int(value) else 2)
    if kind == "date" and isinstance(value, str):
        try:
            return formatting.day(date.fromisoformat(value))
        except ValueError:
            return value
    german = dict(choices).get(value) if kind == "choice" and isinstance(value, str) else ""
    return (german if german and formatting.formats().language == "de" else "") or ("" if value is None else str(value))
