"""Why two records are thought to be one person, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask_babel import lazy_gettext as _l

Verdict = Literal["same", "likely", "unlikely"]

WORDS = {
    "email": _l("same mail address"),
    "phone": _l("same phone"),
    "phone_end": _l("same last digits of the phone"),
    "handle": _l("same handle"),
    "customer_number": _l("same customer number"),
    "visitor": _l("same web visitor"),
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
