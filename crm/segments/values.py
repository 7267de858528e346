"""Reading the value of a comparison by the kind of its field. ValueError carries the reason in words."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from crm.segments.vocabulary import Field

LONGEST_TEXT, MOST_VALUES, MOST_DAYS, LARGEST = 200, 200, 36_500, 1e12


def read(field: Field, operator: str, value: Any) -> Any:
    """`value` as the database compares it. Dates stay dates; the zone is applied when the rule is compiled."""
    if operator == "empty":
        return _truth(value)
    if operator == "within_days":
        return days(value)
    if operator == "in":
        if not isinstance(value, (list, tuple)) or not 0 < len(value) <= MOST_VALUES:
            raise ValueError(_("Give a list of 1 to %(most)s values.", most=MOST_VALUES))
        return [_one(field, part) for part in value]
    return _one(field, value)


def days(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_DAYS:
        raise ValueError(_("Give a number of days between 1 and %(most)s.", most=MOST_DAYS))
    return value


def _one(field: Field, value: Any) -> Any:
    return {"number": number, "date": moment, "time": moment, "choice": choice, "yes_no": yes_no}.get(field.kind, text)(field, value)


def yes_no(_field: Field, value: Any) -> bool:
    return _truth(value)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(_("Say true or false."))
    return value


def text(field: Field, value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST_TEXT or "\x00" in value:
        raise ValueError(_("Give a text of 1 to %(most)s characters.", most=LONGEST_TEXT))
    return field.convert(value) if field.convert else value.strip()


def number(_field: Field, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or abs(value) > LARGEST:
        raise ValueError(_("Give a number."))
    return value


def choice(field: Field, value: Any) -> Any:
    known = dict(field.values()) if field.values else {}
    if not isinstance(value, (str, int)) or isinstance(value, bool) or value not in known:
        raise ValueError(_("Choose one of: %(words)s.", words=", ".join(map(str, list(known)[:30]))))
    return value


def moment(_field: Field, value: Any) -> date | datetime:
    """A day (2026-11-21), or a moment with its zone."""
    try:
        read_as = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError(_("Give a day such as 2026-11-21, or a time with its zone.")) from error
    if not 1000 <= read_as.year <= 9000 or (isinstance(read_as, datetime) and read_as.tzinfo is None):
        raise ValueError(_("Give a day such as 2026-11-21, or a time with its zone."))
    return read_as
