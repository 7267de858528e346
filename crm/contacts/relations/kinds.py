"""The kinds of relation, in words from either end."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

TURNED = "-"  # before a kind as a form or link writes it: seen from the other end


@dataclass(frozen=True)
class Kind:
    """`there` completes "Ben is … Anna", `back` "Anna is …/has … Ben"; a kind that is the same both ways has no `back`."""

    there: object  # lazy text
    back: object = ""

    @property
    def mutual(self) -> bool:
        return not self.back


KINDS: dict[str, Kind] = {
    "recommended_by": Kind(_l("recommended by"), _l("has recommended")),
    "assistant_of": Kind(_l("assistant of"), _l("has assistant")),
    "reports_to": Kind(_l("reports to"), _l("is superior of")),
    "represents": Kind(_l("represents"), _l("is represented by")),
    "family": Kind(_l("family of")),
    "partner": Kind(_l("partner of")),
    "colleague": Kind(_l("colleague of")),
    "friend": Kind(_l("friend of")),
    "other": Kind(_l("connected with")),
}


def words(kind: str, turned: bool = False) -> str:
    """"assistant of", or from the other end "has assistant"."""
    found = KINDS.get(kind, KINDS["other"])
    return str(found.back if turned and not found.mutual else found.there)


def offered() -> dict[str, object]:
    """Every kind from every end, as a form writes it."""
    there = {key: kind.there for key, kind in KINDS.items()}
    return there | {TURNED + key: kind.back for key, kind in KINDS.items() if not kind.mutual}


def read(written: str) -> tuple[str, bool]:
    """The kind, and whether it is meant from the other end."""
    return written.removeprefix(TURNED), written.startswith(TURNED)
