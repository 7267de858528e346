"""What can be chosen about people, in words."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

SALUTATION_LABELS = {"": _l("Unknown"), "ms": _l("Ms"), "mr": _l("Mr"), "mx": _l("Neutral")}
ADDRESS_FORM_LABELS = {"sie": _l("formal (Sie)"), "du": _l("first names (Du)")}
LANGUAGE_LABELS = {"": _l("The firm's language"), "de": "Deutsch", "en": "English"}
KIND_LABELS = {
    "email": _l("Email"),
    "phone": _l("Phone"),
    "handle": _l("Handle"),
    "customer_number": _l("Customer number"),
    "visitor": _l("Web visitor"),
}
TYPE_LABELS = {"": _l("any"), "work": _l("work"), "home": _l("home"), "mobile": _l("mobile"), "other": _l("other")}
PLACE_LABELS = {"": _l("any"), "work": _l("work"), "home": _l("home"), "billing": _l("billing"), "delivery": _l("delivery"), "other": _l("other")}
NEIGHBOURS = ("DE", "AT", "CH")  # stand first in the list of countries


def countries() -> list[tuple[str, str]]:
    return [("", ""), *_countries(str(get_locale()))]


def country(code: str) -> str:
    """The name of a country in the reader's language; a code that is none stays."""
    return dict(_countries(str(get_locale()))).get(code, code)


@lru_cache(4)
def _countries(language: str) -> list[tuple[str, str]]:
    names = {code: name for code, name in Locale.parse(language).territories.items() if len(code) == 2 and code.isalpha() and code not in ("EU", "ZZ", "UN", "EZ", "XA", "XB", "QO")}
    rest = sorted((code for code in names if code not in NEIGHBOURS), key=names.__getitem__)
    return [(code, names[code]) for code in (*NEIGHBOURS, *rest)]
