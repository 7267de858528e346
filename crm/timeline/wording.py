"""The words of the feed, looked up once per language: a row must not ask the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l

from crm.formatting import formats
from crm.timeline.kinds import KINDS, OTHER

DIRECTIONS = {"inbound": _l("Inbound"), "outbound": _l("Outbound"), "internal": _l("Internal")}
PROVENANCES = {
    "person": "", "mail": _l("from the mail"), "form": _l("from a form"), "import": _l("imported"), "api": _l("from another system"),
    "automation": _l("automatic"),
}
OUTCOMES = {
    "reached": _l("Reached"), "not_reached": _l("Not reached"), "message_left": _l("Message left"), "appointment": _l("Appointment made"),
    "offer": _l("Offer wanted"), "order": _l("Order placed"), "solved": _l("Solved"), "complaint": _l("Complaint"),
}
RATINGS = {1: _l("very bad"), 2: _l("bad"), 3: _l("so-so"), 4: _l("good"), 5: _l("very good")}
LABELS = {"more": _l("more"), "assign": _l("Which touchpoint?"), "private": _l("only you see this"), "corrected": _l("corrected"),
          "rating": _l("own rating:")}


@dataclass(frozen=True)
class Words:
    """Everything in one language."""

    kinds: dict[str, str]
    other: str
    directions: dict[str, str]
    provenances: dict[str, str]
    outcomes: dict[str, str]
    labels: dict[str, str]
    ratings: dict[int, str]


def words() -> Words:
    """The words in the language of whom we answer."""
    return _words(formats().voice)


@lru_cache(8)
def _words(_language: str) -> Words:
    return Words(
        kinds={key: str(kind.label) for key, kind in KINDS.items()}, other=str(OTHER.label), directions=_said(DIRECTIONS),
        provenances=_said(PROVENANCES), outcomes=_said(OUTCOMES), labels=_said(LABELS), ratings={key: str(word) for key, word in RATINGS.items()},
    )


def _said(table: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(word) for key, word in table.items()}
