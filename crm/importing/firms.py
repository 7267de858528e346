"""What rows tell of the organisation they name, taken over with a journal by which it is put back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from crm.contacts.models import Organisation, PostalAddress
from crm.contacts.normalising import normalise
from crm.contacts.postal import postal_of
from crm.extensions import db
from crm.importing import cells
from crm.importing.faults import Unfit

LONGEST = {"domain": 253, "industry": 80, "website": 300, "phone": 40, "street": 200, "extra": 200, "postcode": 20, "city": 100, "state": 100, "country": 60}
FIELDS = ("domain", "industry", "website", "phone")
_SITE = re.compile(r"^(?:[a-z]+://)?(?:[^/@]*@)?(?:www\.)?|[/:?#].*$")  # what stands around the host


def read(values: Mapping[str, str]) -> dict[str, str]:
    """The columns of a row that are about its organisation; a domain, website or country that is none is left out. Raises Unfit."""
    firm = {name: cells.one_line(values[f"firm.{name}"]) for name in LONGEST if values.get(f"firm.{name}")}
    if "website" in firm:
        firm["website"] = _website(firm["website"])
    if site := firm.get("domain") or firm.get("website"):
        firm["domain"] = _domain(site)
    if "country" in firm:
        firm["country"] = cells.country(firm["country"])
    for name, text in firm.items():
        if len(text) > LONGEST[name]:
            raise Unfit(f"firm.{name}", _("Use at most %(max)d characters.", max=LONGEST[name]))
    return {name: text for name, text in firm.items() if text}


def _website(written: str) -> str:
    whole = written if "://" in written else f"https://{written}"
    return whole if whole.startswith(("https://", "http://")) and _domain(whole) else ""


def _domain(written: str) -> str:
    """Of nord.example, @nord.example or https://www.nord.example/start: what its mail addresses end with."""
    try:
        return normalise("email", f"x@{_SITE.sub('', written.lower())}").removeprefix("x@")
    except ValueError:
        return ""


def bring(organisation: Organisation, firm: Mapping[str, str], only_fill: bool) -> dict[str, Any]:
    """Take over what the row says; empty cells change nothing. What changed, as [old, new]; `place` only if it is new."""
    changed: dict[str, Any] = _put(organisation, {name: firm[name] for name in FIELDS if name in firm}, only_fill)
    parts = {name: text for name, text in firm.items() if name not in FIELDS}
    place = postal_of(organisation)
    if parts and place is None:
        place = PostalAddress(type="work", **parts)
        organisation.postal_addresses.append(place)
        return {**changed, "place": place}
    return changed | (_put(place, parts, only_fill) if place is not None else {})


def _put(row: Any, wanted: Mapping[str, str], only_fill: bool) -> dict[str, list[str]]:
    changed = {name: [getattr(row, name) or "", text] for name, text in wanted.items() if getattr(row, name) != text and not (only_fill and getattr(row, name))}
    for name, (_old, new) in changed.items():
        setattr(row, name, new)
    return changed


def put_back(ident: int, before: Mapping[str, Any]) -> list[str]:
    """What somebody changed since stays; its names."""
    organisation = db.session.get(Organisation, ident)
    if organisation is None or organisation.merged_into_id:
        return []
    stayed = []
    place = postal_of(organisation)
    for name, pair in before.items():
        if name == "place":
            organisation.postal_addresses[:] = [one for one in organisation.postal_addresses if one.id != pair]
            continue
        row = organisation if name in FIELDS else place
        if row is not None and getattr(row, name) == pair[1]:
            setattr(row, name, pair[0])
        else:
            stayed.append(name)
    return stayed
