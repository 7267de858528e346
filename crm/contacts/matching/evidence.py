"""Why two records are thought to be one person, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask_babel import lazy_gettext as _l

Verdict = Literal["same", "likely", "unlikely"]

WORDS = {
    "customer_number": _l("same customer number"),
    "email": _l("same mail address"),
    "email_like": _l("similar mail address"),
    "phone": _l("same phone"),
    "phone_like": _l("same last digits of the phone"),
    "handle": _l("same handle"),
    "visitor": _l("same web visitor"),
    "name": _l("same name"),
    "name_like": _l("similar name"),
    "name_kin": _l("short form of the name"),
    "name_crossed": _l("first and last name swapped"),
    "last": _l("same last name"),
    "first": _l("same first name"),
    "birth": _l("same birth date"),
    "birth_like": _l("similar birth date"),
    "organisation": _l("same organisation"),
    "street": _l("same street"),
    "house": _l("same street and number"),
    "street_like": _l("similar street"),
    "town": _l("same town"),
    "town_like": _l("similar town"),
    "first_other": _l("but another first name"),
    "last_other": _l("but another last name"),
    "birth_other": _l("but another birth date"),
}


@dataclass(frozen=True)
class Evidence:
    """One thing that speaks for it. `params` are what was compared, as written."""

    key: str
    params: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return str(WORDS[self.key])


def because(evidence: tuple[Evidence, ...]) -> str:
    """"same phone, similar name, same street", in the reader's language."""
    return ", ".join(one.words for one in evidence)
